//! The requests that more than one function makes.

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnValue, ReturnValuesOnConditionCheckFailure};

use crate::{Table, key, number, text};

/// The partition of an invoice.
pub const INVOICE: &str = "invoice#roe#1042";
/// The recipient of a send in it.
pub const RECIPIENT: &str = "send#01M82D4QWN1ABGQP7C0Z3QKZEC#c99";
/// The content of that send.
pub const BODY: &str = "body#01M82D4QWN1ABGQP7C0Z3QKZEC";
/// A send.
pub const SEND: &str = "01M82D4QWN1ABGQP7C0Z3QKZEC";

/// Notes a hit, as an open or a click is noted: one `UpdateItem`.
pub async fn note_hit(table: &Table, [list, first, count, last]: [&str; 4]) {
    let hit = "1795377277785 browser get - 4e7ae738d072c5ac 0";
    table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(key(INVOICE, RECIPIENT)))
        .update_expression(
            "SET #n0[1000000] = :v0, #n2 = if_not_exists(#n2, :v2), #n3 = :v3 REMOVE #n0[100] ADD #n1 :v1",
        )
        .condition_expression("attribute_exists(pk) AND attribute_not_exists(outcome)")
        .expression_attribute_names("#n0", list)
        .expression_attribute_names("#n1", count)
        .expression_attribute_names("#n2", first)
        .expression_attribute_names("#n3", last)
        .expression_attribute_values(":v0", text(hit))
        .expression_attribute_values(":v1", number("1"))
        .expression_attribute_values(":v2", text(hit))
        .expression_attribute_values(":v3", text(hit))
        .return_values(ReturnValue::None)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .expect("the table takes it");
}

/// Reads items: one `BatchGetItem`.
pub async fn read_items<const N: usize>(table: &Table, keys: [(&str, &str); N]) {
    let keys = keys.into_iter().map(|(pk, sk)| key(pk, sk)).collect();
    let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
    table
        .client
        .batch_get_item()
        .request_items(&table.name, wanted.expect("it has keys"))
        .send()
        .await
        .expect("the table answers");
}

/// Reads an item: one `GetItem`.
pub async fn read_item(table: &Table, pk: &str, sk: &str) {
    let get = table.client.get_item().table_name(&table.name).set_key(Some(key(pk, sk))).consistent_read(true);
    get.send().await.expect("the table answers");
}

/// Appends an event to a recipient's log: one `UpdateItem`. With the names of what is removed, and what is set besides.
pub async fn append(
    table: &Table,
    (pk, sk): (&str, &str),
    (id, event): (&str, AttributeValue),
    set: &[(&str, AttributeValue)],
    removed: &[&str],
) {
    let mut expression = String::from("SET #n0.#n1 = if_not_exists(#n0.#n1, :v0)");
    let mut update = table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(key(pk, sk)))
        .condition_expression("attribute_exists(pk) AND size(#n0) < :v1")
        .expression_attribute_names("#n0", "events")
        .expression_attribute_names("#n1", id)
        .expression_attribute_values(":v0", event)
        .expression_attribute_values(":v1", number("100"))
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    for (place, (name, value)) in set.iter().enumerate() {
        let place = place + 2;
        expression.push_str(&format!(", #n{place} = :v{place}"));
        update = update
            .expression_attribute_names(format!("#n{place}"), *name)
            .expression_attribute_values(format!(":v{place}"), value.clone());
    }
    for (place, name) in removed.iter().enumerate() {
        let verb = if place == 0 { " REMOVE" } else { "," };
        let place = set.len() + 2 + place;
        expression.push_str(&format!("{verb} #n{place}"));
        update = update.expression_attribute_names(format!("#n{place}"), *name);
    }
    update.update_expression(expression).send().await.expect("the table takes it");
}
