//! What is served: the files of `dist/`, embedded by `build.rs`.

use crate::negotiation::Coding;

/// A file and where it is served.
#[derive(Debug)]
pub(crate) struct Asset {
    /// `/`, or `/ui/` and a name.
    pub(crate) path: &'static str,
    /// Its media type.
    pub(crate) content_type: &'static str,
    /// Whether its name changes with its content, so that a copy of it stays good for ever.
    pub(crate) immutable: bool,
    /// The file itself first, then each coding that makes it smaller.
    pub(crate) copies: &'static [Copy],
}

impl Asset {
    /// The copy in this coding, which must be one that there is; else the file itself.
    pub(crate) fn copy(&self, coding: Coding) -> &Copy {
        self.copies.iter().find(|copy| copy.coding == coding).unwrap_or(&self.copies[0])
    }

    /// Whether a browser shows it by itself.
    pub(crate) fn is_page(&self) -> bool {
        self.content_type.starts_with("text/html")
    }
}

/// A file in one coding.
#[derive(Debug)]
pub(crate) struct Copy {
    /// How it is coded.
    pub(crate) coding: Coding,
    /// Its strong entity tag, with the quotes.
    pub(crate) tag: &'static str,
    /// What travels.
    pub(crate) bytes: &'static [u8],
}

/// All of them, sorted by path.
pub(crate) const ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file at this very path: nothing is decoded or resolved, so that there is nothing to climb out of.
pub(crate) fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::io::Read;
    use std::path::{Path, PathBuf};

    use sha2::{Digest, Sha256};

    use super::*;

    /// What the screens of every day together may take on their way to a browser: a second on a slow phone's network.
    const MOST_BYTES: usize = 60 * 1024;

    /// What is loaded only when somebody first needs it, such as settings, clients, blocked addresses or a proof, and what
    /// it may take.
    const LATER: &str = "forms-";
    const MOST_BYTES_LATER: usize = 14 * 1024;

    fn folder() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    fn files_in(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
    }

    fn decoded(copy: &Copy) -> Vec<u8> {
        let mut bytes = Vec::new();
        match copy.coding {
            Coding::Identity => bytes.extend_from_slice(copy.bytes),
            Coding::Gzip => drop(flate2::read::GzDecoder::new(copy.bytes).read_to_end(&mut bytes).unwrap()),
            Coding::Brotli => brotli::BrotliDecompress(&mut &*copy.bytes, &mut bytes).unwrap(),
        }
        bytes
    }

    /// The sources of `dist/` as `build.mjs` sums them up: each path and its bytes, both ended by a NUL.
    fn hash_of_sources() -> String {
        let files = files_in(&folder().join("ui")).into_iter();
        let files = files.chain(["build.mjs", "package-lock.json"].map(|name| folder().join(name)));
        let named = files.map(|file| {
            let path = file.strip_prefix(folder()).unwrap().to_str().unwrap().replace('\\', "/");
            (path, file)
        });
        let mut named: Vec<(String, PathBuf)> = named.collect();
        named.sort();
        let mut hash = Sha256::new();
        for (path, file) in named {
            hash.update(path);
            hash.update([0]);
            hash.update(fs::read(file).unwrap());
            hash.update([0]);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn dist_was_built_from_these_sources() {
        let built_from = fs::read_to_string(folder().join("dist/sources.sha256")).unwrap();
        assert_eq!(built_from.trim(), hash_of_sources(), "dist/ is out of date: run `npm run build` in functions/web");
    }

    #[test]
    fn every_file_is_there_and_every_copy_of_it_is_the_same() {
        let served: BTreeSet<&str> = ASSETS.iter().map(|asset| asset.path).collect();
        assert_eq!(served.len(), ASSETS.len(), "no path twice");
        for file in files_in(&folder().join("dist")) {
            let path = file.strip_prefix(folder().join("dist")).unwrap().to_str().unwrap().replace('\\', "/");
            let path = match path.as_str() {
                "sources.sha256" => continue,
                "index.html" => "/".to_owned(),
                path => format!("/{path}"),
            };
            let asset = find(&path).unwrap_or_else(|| panic!("{path} is not served"));
            let bytes = fs::read(&file).unwrap();
            assert_eq!(asset.copies[0].coding, Coding::Identity, "{path}");
            for copy in asset.copies {
                assert_eq!(decoded(copy), bytes, "{path} as {:?}", copy.coding);
                assert!(copy.bytes.len() < bytes.len() || copy.coding == Coding::Identity, "{path}");
            }
        }
    }

    #[test]
    fn tags_are_strong_and_each_coding_has_its_own() {
        let tags: Vec<&str> = ASSETS.iter().flat_map(|asset| asset.copies).map(|copy| copy.tag).collect();
        assert!(tags.iter().all(|tag| tag.len() == 34 && tag.starts_with('"') && tag.ends_with('"')), "{tags:?}");
        assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), tags.len());
    }

    #[test]
    fn what_keeps_its_name_is_asked_for_anew() {
        let kept: Vec<&str> = ASSETS.iter().filter(|asset| !asset.immutable).map(|asset| asset.path).collect();
        assert_eq!(kept, ["/", "/ui/invoice-email.js", "/ui/mail.html"]);
        // Whatever those three name has a hash, or else a deployment would not show.
        assert!(ASSETS.iter().any(|asset| asset.immutable && asset.path.ends_with(".js")));
    }

    #[test]
    fn all_that_a_browser_loads_is_small() {
        let sizes = ASSETS.iter().map(|asset| (asset.path, asset.copy(Coding::Brotli).bytes.len()));
        let sizes: Vec<(&str, usize)> = sizes.collect();
        let sum = |is_later: bool| {
            let some = sizes.iter().filter(|(path, _)| path.contains(LATER) == is_later);
            some.map(|(_, size)| size).sum::<usize>()
        };
        let (every_day, later) = (sum(false), sum(true));
        assert!(every_day < MOST_BYTES, "{every_day} bytes in brotli: {sizes:#?}");
        assert!(0 < later && later < MOST_BYTES_LATER, "{later} bytes in brotli: {sizes:#?}");
    }
}
