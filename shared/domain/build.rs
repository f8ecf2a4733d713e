//! Compiles `networks.csv` into a table: a range that is not one, or of a class that is none, ends the build.
use std::error::Error;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::{env, fs};

use ipnet::IpNet;

const DATA: &str = "networks.csv";

const CLASSES: [(&str, &str); 4] = [
    ("apple_relay", "AppleRelay"),
    ("microsoft_mail", "MicrosoftMail"),
    ("scanner", "Scanner"),
    ("shared_scanner", "SharedScanner"),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DATA}");
    let (mut v4, mut v6) = (String::new(), String::new());
    for line in csv::Reader::from_path(DATA)?.records() {
        let line = line?;
        let [prefix, class, owner, source, date] = [0, 1, 2, 3, 4].map(|column| line.get(column).unwrap_or_default());
        if [owner, source, date].iter().any(|text| text.trim().is_empty()) {
            return Err(format!("{DATA}: {prefix} lacks its owner, its source or its date").into());
        }
        let range: IpNet = prefix.parse().map_err(|_| format!("{DATA}: {prefix} is no range"))?;
        if range.trunc() != range {
            return Err(format!("{DATA}: {prefix} has bits beyond its length").into());
        }
        let class = CLASSES.iter().find(|(name, _)| *name == class);
        let (_, class) = class.ok_or_else(|| format!("{DATA}: {prefix} is of no known class"))?;
        let length = range.prefix_len();
        match range.network() {
            IpAddr::V4(address) => {
                let bits = address.to_bits();
                writeln!(
                    v4,
                    "(Ipv4Net::new_assert(std::net::Ipv4Addr::from_bits({bits}), {length}), NetworkClass::{class}),"
                )?;
            }
            IpAddr::V6(address) => {
                let bits = address.to_bits();
                writeln!(
                    v6,
                    "(Ipv6Net::new_assert(std::net::Ipv6Addr::from_bits({bits}), {length}), NetworkClass::{class}),"
                )?;
            }
        }
    }
    let code =
        format!("const V4: &[(Ipv4Net, NetworkClass)] = &[{v4}];\nconst V6: &[(Ipv6Net, NetworkClass)] = &[{v6}];\n");
    fs::write(out_dir()?.join("networks.rs"), code)?;
    Ok(())
}

/// Where Cargo wants what a build script writes.
#[allow(
    clippy::disallowed_methods,
    reason = "this is how Cargo tells a build script; the functions read `Environment`"
)]
fn out_dir() -> Result<PathBuf, Box<dyn Error>> {
    env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| "Cargo set no OUT_DIR".into())
}
