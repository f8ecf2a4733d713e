//! Embeds what `npm run build` made in `dist/`, each file as it is and compressed as far as it goes: once here, rather
//! than at every request.
//!
//! Writes `assets.rs` into `OUT_DIR`, the table that `src/assets.rs` includes. Every copy goes into `OUT_DIR` too, so
//! that a rebuild of `dist/` in the middle of a build cannot tear a file from its tag.

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Of a tag, 128 bits: no two files of a deployment share it.
const TAG_BYTES: usize = 16;

/// What bundlers put between a name and its extension: `-` and eight letters and digits in upper case.
const NAME_HASH_LENGTH: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let dist = variable("CARGO_MANIFEST_DIR")?.join("dist");
    let out = variable("OUT_DIR")?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());
    let files = files(&dist).map_err(|error| {
        format!("{} cannot be read ({error}): run `npm run build` in functions/web", dist.display())
    })?;
    let mut table = String::from("&[\n");
    for (number, (path, file)) in files.iter().enumerate() {
        table.push_str(&asset(path, file, &out.join(format!("asset-{number}")))?);
    }
    table.push_str("]\n");
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

fn variable(name: &str) -> Result<PathBuf, String> {
    std::env::var_os(name)
        .filter(|value| *value != OsString::new())
        .map(PathBuf::from)
        .ok_or_else(|| format!("cargo sets {name}"))
}

/// Every file that is served, with the path that it is served at. The route `/ui/{file}` has one level.
fn files(dist: &Path) -> Result<Vec<(String, PathBuf)>, Box<dyn Error>> {
    let mut files = vec![("/".to_owned(), dist.join("index.html"))];
    for entry in fs::read_dir(dist.join("ui"))? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| format!("{name:?} is no text"))?;
        if !entry.file_type()?.is_file() {
            return Err(format!("ui/{name} is no file, and the route /ui/{{file}} has one level").into());
        }
        files.push((format!("/ui/{name}"), entry.path()));
    }
    files.sort();
    Ok(files)
}

/// One entry of the table; the copies of the file are written to `copy` with an extension each.
fn asset(path: &str, file: &Path, copy: &Path) -> Result<String, Box<dyn Error>> {
    let bytes = fs::read(file)?;
    let content_type = content_type(file)?;
    let mut entry = format!(
        "    Asset {{ path: {path:?}, content_type: {content_type:?}, immutable: {}, copies: &[\n",
        has_hash(file)
    );
    let copies = [("Identity", bytes.clone()), ("Gzip", gzip(&bytes)?), ("Brotli", brotli(&bytes)?)];
    for (coding, copied) in copies {
        // A coding that saves nothing is left out.
        if coding != "Identity" && copied.len() >= bytes.len() {
            continue;
        }
        let to = copy.with_extension(coding.to_lowercase());
        fs::write(&to, &copied)?;
        let tag = tag(&copied);
        writeln!(entry, "        Copy {{ coding: Coding::{coding}, tag: {tag:?}, bytes: include_bytes!({to:?}) }},")?;
    }
    entry.push_str("    ] },\n");
    Ok(entry)
}

fn content_type(file: &Path) -> Result<&'static str, String> {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => Ok("text/html; charset=utf-8"),
        Some("js") => Ok("text/javascript; charset=utf-8"),
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("svg") => Ok("image/svg+xml"),
        _ => Err(format!("{} is of a type that build.rs does not know yet", file.display())),
    }
}

/// Whether the name changes with the content, as `app-7Q2XPLKD.js` does.
fn has_hash(file: &Path) -> bool {
    let hash =
        file.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.rsplit_once('-')).map(|(_, hash)| hash);
    hash.is_some_and(|hash| {
        hash.len() == NAME_HASH_LENGTH && hash.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// A strong entity tag, of the very bytes that travel.
fn tag(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hex = hash.iter().take(TAG_BYTES).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("\"{hex}\"")
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    // Without a name and a time, so that the same file gives the same bytes everywhere.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..BrotliEncoderParams::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}
