//! What things cost: units of DynamoDB by operation, dollars for 100,000 invoices, and the same for other designs.

mod alternatives;
mod life;
mod operations;
mod prices;

use std::collections::BTreeMap;
use std::fmt::Write;

use tests::meter::Spent;

use crate::Section;
use crate::arguments::Arguments;

/// The section `money`. It takes seconds, and is the same however it is asked for.
pub(crate) fn section(_arguments: &Arguments) -> Section {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let text = runtime.block_on(async {
        let operations = operations::measure().await;
        let life = life::measure().await;
        let designs = alternatives::measure(&life).await;
        let mut text = String::from(UNITS);
        for operation in &operations {
            let _ = writeln!(text, "| {} |", row(&operation.name, &operation.spent));
        }
        text.push_str(&prices::bill(&operations, &life));
        text.push_str(&alternatives::table(&designs));
        text
    });
    Section { title: "Money", text }
}

const UNITS: &str = "\
Units of DynamoDB as `ConsumedCapacity` tells them, of the very requests that the functions make. Writes of indexes are in \
the sum; a transaction costs the table twice, its indexes once.

| | requests | read units | write units: table | indexes | sum |
| --- | --- | --- | --- | --- | --- |
";

/// The cells of what was spent: requests, read units, write units.
fn row(name: &str, spent: &[Spent]) -> String {
    let mut requests = BTreeMap::<&str, usize>::new();
    let mut indexes = BTreeMap::<&str, f64>::new();
    for one in spent {
        *requests.entry(&one.operation).or_default() += 1;
        for (index, units) in &one.indexes {
            *indexes.entry(index).or_default() += units;
        }
    }
    let requests: Vec<String> = requests
        .iter()
        .map(|(operation, count)| if *count == 1 { (*operation).to_owned() } else { format!("{operation} × {count}") })
        .collect();
    let indexes: Vec<String> = indexes.iter().map(|(index, units)| format!("{index} {}", number(*units))).collect();
    let table: f64 = spent.iter().map(|one| one.write).sum();
    let cells = [
        name.to_owned(),
        requests.join(", "),
        number(read(spent)),
        number(table),
        indexes.join(", "),
        number(written(spent)),
    ];
    cells.join(" | ")
}

fn read(spent: &[Spent]) -> f64 {
    spent.iter().map(|one| one.read).sum()
}

fn written(spent: &[Spent]) -> f64 {
    spent.iter().map(Spent::written).sum()
}

/// Units, with half ones where there are; nothing for none.
fn number(units: f64) -> String {
    if units == 0.0 { String::new() } else { format!("{units:.1}").trim_end_matches(".0").to_owned() }
}
