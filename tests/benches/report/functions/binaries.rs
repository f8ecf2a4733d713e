//! The binaries that are measured: built here, or in folders that something else has built them into.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use escargot::CargoBuild;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use tests::template::id;
use tests::workspace;

use crate::arguments::Arguments;

/// What a floor's binary is called after its function's name.
const FLOOR: &str = "-floor";

/// Where a function's binary is, and its floor's.
pub(crate) struct Pair {
    /// The function.
    pub(crate) function: PathBuf,
    /// Its floor.
    pub(crate) floor: PathBuf,
}

/// The binaries of a function and of its floor, built by the same command where none was named.
pub(crate) fn pair(arguments: &Arguments, function: &str) -> Pair {
    let floor = format!("{function}{FLOOR}");
    Pair {
        function: found(arguments.functions.as_deref(), function, function),
        floor: found(arguments.floors.as_deref(), &floor, "floors"),
    }
}

/// The binary of a function alone.
pub(crate) fn function(arguments: &Arguments, function: &str) -> PathBuf {
    found(arguments.functions.as_deref(), function, function)
}

fn found(folder: Option<&Path>, binary: &str, package: &str) -> PathBuf {
    let Some(folder) = folder else { return built(binary, package) };
    let folder = workspace::root().join(folder);
    // As `sam build` leaves it, as `cargo lambda build` does, or as cargo does.
    let places = [
        folder.join(id(binary, "Function")).join("bootstrap"),
        folder.join(binary).join("bootstrap"),
        folder.join(binary),
    ];
    let found = places.iter().find(|place| place.is_file());
    found.unwrap_or_else(|| panic!("none of {places:?} is there")).clone()
}

fn built(binary: &str, package: &str) -> PathBuf {
    eprintln!("building {binary}");
    let build = CargoBuild::new().manifest_path(workspace::root().join("Cargo.toml"));
    let build = build.package(package).bin(binary).release().current_target();
    build.run().unwrap_or_else(|error| panic!("{binary}: {error}")).path().to_owned()
}

/// What a binary weighs.
pub(crate) struct Weight {
    /// The file.
    pub(crate) binary_bytes: usize,
    /// What Lambda stores and loads: the file deflated as in a zip, whose headers add some 100 bytes.
    pub(crate) zip_bytes: usize,
}

/// Weighs a binary.
pub(crate) fn weigh(binary: &Path) -> Weight {
    let bytes = fs::read(binary).unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
    let mut zip = DeflateEncoder::new(Vec::new(), Compression::default());
    zip.write_all(&bytes).expect("memory takes it");
    Weight { binary_bytes: bytes.len(), zip_bytes: zip.finish().expect("memory takes it").len() }
}
