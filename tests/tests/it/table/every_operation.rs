//! No operation of the table is left out of this suite.

use tests::workspace;

/// The Rust files of a folder as one text.
fn text_of(folder: &str) -> String {
    let files = std::fs::read_dir(workspace::root().join(folder)).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn every_operation_is_tried() {
    let (table, suite) = (text_of("shared/table/src"), text_of("tests/tests/it/table"));
    let operations: Vec<&str> = table
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("pub async fn "))
        .map(|declared| declared.split('(').next().unwrap())
        .collect();
    assert!(operations.len() >= 19, "{operations:?}");
    for operation in operations {
        assert!(suite.contains(&format!("table.{operation}(")), "nothing here calls {operation}");
    }
}
