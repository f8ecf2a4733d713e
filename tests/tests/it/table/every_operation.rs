//! No operation of the table is left out of this suite.

use tests::workspace;

#[test]
fn every_operation_is_tried() {
    let [table, suite] = ["shared/table/src", "tests/tests/it/table"]
        .map(|folder| workspace::sources(folder).into_iter().map(|(_, text)| text).collect::<String>());
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
