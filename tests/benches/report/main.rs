//! The bench report: how close the system comes to the limits of what it runs on, measured by one command.
//!
//! `cargo bench -p tests --bench report [-- SECTION… --short]` prints Markdown and writes it to `target/bench-report/`.
//! How to read it stands in CONTRIBUTING.md. A section is a module here and a line in [`SECTIONS`].
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod arguments;
mod functions;
mod growth;
mod load;
mod machine;
mod money;
mod plot;
mod stream;
mod throughput;
mod world;

use std::fs;

use clap::Parser;

use crate::arguments::Arguments;

/// A part of the report.
pub(crate) struct Section {
    /// Its heading.
    pub(crate) title: &'static str,
    /// What stands below it, in Markdown.
    pub(crate) text: String,
}

/// Measures a section. It starts a runtime of its own, so that nothing of it runs on beside the next one.
type Measure = fn(&Arguments) -> Section;

/// The sections by the names that they are asked for by, in the report's order.
const SECTIONS: [(&str, Measure); 5] = [
    ("functions", functions::section),
    ("money", money::section),
    ("throughput", throughput::section),
    ("growth", growth::section),
    ("load", load::section),
];

fn main() {
    let arguments = Arguments::parse();
    let known: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
    for name in &arguments.sections {
        assert!(known.contains(&name.as_str()), "there is no section {name}, but there are {known:?}");
    }
    let folder = arguments.folder();
    fs::create_dir_all(&folder).expect("the report's folder can be made");
    let mut report = format!("# Bench report\n\n{}\n", machine::description());
    println!("{report}");
    for (name, measure) in SECTIONS {
        if arguments.sections.is_empty() || arguments.sections.iter().any(|wanted| wanted == name) {
            let Section { title, text } = measure(&arguments);
            let section = format!("\n## {title}\n\n{}\n", text.trim());
            println!("{section}");
            report.push_str(&section);
        }
    }
    // After each section as much as there is would be more, but a plot without its text says nothing.
    fs::write(folder.join("report.md"), &report).expect("the report can be written");
    println!("written to {}", folder.join("report.md").display());
}
