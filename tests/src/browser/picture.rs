//! Pictures of pages, for people to look at.

use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lambda::Environment;
use serde_json::json;

use super::page::{Page, string};
use crate::workspace;

/// A telephone, a desktop, a large desktop: CSS pixels.
const SIZES: [(u32, u32); 3] = [(360, 740), (1280, 800), (1920, 1080)];

impl Page {
    /// Takes a picture of the window as `NAME-WIDTH-light.png` or `-dark.png`, in `target/screenshots`, or in the folder
    /// that the variable `SCREENSHOTS` names.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        self.drawn().await;
        let taken = self.call("Page.captureScreenshot", json!({ "format": "png" })).await;
        let png = BASE64_STANDARD.decode(string(&taken["data"])).expect("base64");
        let view = self.view();
        let colors = if view.dark { "dark" } else { "light" };
        let folder = folder();
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let path = folder.join(format!("{name}-{}-{colors}.png", view.width));
        std::fs::write(&path, png).expect("the picture can be written");
        path
    }

    /// Takes pictures at 360, 1280 and 1920 pixels, light and dark; the page is then shown as before.
    pub async fn screenshots(&self, name: &str) -> Vec<PathBuf> {
        let before = self.view();
        let mut paths = Vec::new();
        for (width, height) in SIZES {
            for dark in [false, true] {
                self.change(|view| (view.width, view.height, view.dark) = (width, height, dark)).await;
                paths.push(self.screenshot(name).await);
            }
        }
        self.change(|view| *view = before).await;
        paths
    }
}

fn folder() -> PathBuf {
    let named = Environment::process().optional("SCREENSHOTS");
    named.map_or_else(|| workspace::root().join("target/screenshots"), PathBuf::from)
}
