//! Files that a page gives to its reader.

use std::path::PathBuf;

use super::page::Page;
use crate::until;

impl Page {
    /// Waits until a file of this name is downloaded whole; where it is. Each journey has a folder of its own for them.
    pub async fn download(&self, name: &str) -> PathBuf {
        let folder = self.context.downloads.path();
        until(&format!("download of {name}"), async || {
            // Under its own name only once it is whole.
            let path = folder.join(name);
            if path.is_file() { Ok(path) } else { Err(format!("{:?}", self.downloads())) }
        })
        .await
    }

    /// The names of all files that were downloaded, or are just being so (`….crdownload`).
    pub fn downloads(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.context.downloads.path()).expect("a folder for downloads");
        let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        names
    }
}
