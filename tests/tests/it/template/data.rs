//! The table, held against the code: it outlives the stack, and its keys are the attributes that the code writes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use table::{
    ACCOUNT_INDEX, ADDRESS_INDEX, ATTENTION_INDEX, CLIENT_INDEX, DUE_INDEX, MESSAGE_INDEX, RARE_INDEX, REPORT_INDEX,
};
use tests::template::{Template, list};

use super::records::Written;
use super::{differences, unless};

/// What is wrong with the table.
pub(super) fn findings(template: &Template, written: &[Written]) -> Vec<String> {
    let tables: Vec<&str> = template.of_type("AWS::DynamoDB::Table").map(|(id, _)| id).collect();
    let mut found: Vec<String> =
        unless(tables == ["Table"], || format!("the tables are {tables:?}")).into_iter().collect();
    let (resource, table) = (&template.0["Resources"]["Table"], template.properties("Table"));
    let rules = [
        (resource["DeletionPolicy"] == "Retain", "goes when the stack goes"),
        (resource["UpdateReplacePolicy"] == "Retain", "goes when an update replaces it"),
        (table["DeletionProtectionEnabled"] == true, "can be deleted by one call"),
        (table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true, "cannot be restored"),
        (table["SSESpecification"]["SSEEnabled"] == true, "is not encrypted by KMS"),
        (table["BillingMode"] == "PAY_PER_REQUEST", "has a capacity that a month's end exceeds"),
        (table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES", "has not both images in its stream"),
        (table["TimeToLiveSpecification"]["Enabled"] == true, "keeps idempotency keys for ever"),
        // A name of one's own would let no update replace it.
        (table["TableName"].is_null(), "has a name of its own"),
    ];
    found.extend(rules.into_iter().filter_map(|(holds, sentence)| unless(holds, || format!("Table {sentence}"))));
    found.extend(indexes(table));
    found.extend(keys(table, written));
    found
}

/// The indexes that the code asks are those that there are.
fn indexes(table: &Value) -> Vec<String> {
    let there = list(&table["GlobalSecondaryIndexes"]).filter_map(|index| index["IndexName"].as_str());
    let asked = [
        REPORT_INDEX,
        ATTENTION_INDEX,
        DUE_INDEX,
        MESSAGE_INDEX,
        ACCOUNT_INDEX,
        RARE_INDEX,
        CLIENT_INDEX,
        ADDRESS_INDEX,
    ];
    let asked: BTreeSet<String> = asked.map(str::to_owned).into();
    differences("indexes of Table", &there.map(str::to_owned).collect(), &asked)
}

/// Each key attribute, of the table and of its indexes, is written by the code, in the type that is declared; so is the
/// time to live, as a number.
fn keys(table: &Value, written: &[Written]) -> Vec<String> {
    let images = written.iter().filter_map(|one| one.record["dynamodb"]["NewImage"].as_object()).flatten();
    let mut types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in images {
        types.entry(name).or_default().extend(value.as_object().into_iter().flatten().map(|(kind, _)| kind.as_str()));
    }
    let declared = list(&table["AttributeDefinitions"]);
    let declared: BTreeMap<&str, &Value> =
        declared.filter_map(|one| Some((one["AttributeName"].as_str()?, &one["AttributeType"]))).collect();
    let schemas = std::iter::once(("Table", &table["KeySchema"])).chain(
        list(&table["GlobalSecondaryIndexes"])
            .map(|index| (index["IndexName"].as_str().unwrap_or_default(), &index["KeySchema"])),
    );
    let number = json!("N");
    let time_to_live =
        [("the time to live of Table", &table["TimeToLiveSpecification"]["AttributeName"], Some(&number))];
    // A schema that is not there has, in place of its keys, one without a name.
    let keys_of = |schema| list(schema).chain(list(schema).next().is_none().then_some(&Value::Null));
    let keys = schemas.flat_map(|(place, schema)| keys_of(schema).map(move |key| (place, &key["AttributeName"])));
    let keys = keys.map(|(place, name)| (place, name, declared.get(name.as_str().unwrap_or_default()).copied()));
    let wrong = keys.chain(time_to_live).filter_map(|(place, name, kind)| {
        let kinds = name.as_str().and_then(|name| types.get(name));
        let written =
            kind.zip(kinds).is_some_and(|(kind, kinds)| kinds.len() == 1 && kinds.iter().all(|one| kind == one));
        unless(written, || format!("{place} goes by {name}, declared as {kind:?} and written as {kinds:?}"))
    });
    wrong.collect()
}
