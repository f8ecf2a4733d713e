//! The floor of `send`: one `GetItem`, one `UpdateItem`, one `SendEmail`, one more `UpdateItem`.
#![allow(clippy::expect_used)]

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};
use floors::requests::{BODY, INVOICE, RECIPIENT, append, read_item};
use floors::{Done, Table, key, number, text, texts};
use lambda::Environment;
use lambda::aws::{Service, config};
use lambda_runtime::Error;

/// As long as the function's default.
const TIMEOUT: Duration = Duration::from_secs(10);
/// As long as what the function makes of it.
const MAIL: &str = include_str!("../../../../shared/domain/templates/invoice.html");
const TOKEN: &str = "qS2WFbWeFRA5LiIzJQPUHOy1Z5DcmGmHKw7K7clp1jMdxT4u";
/// What a result makes superfluous.
const REMOVED: [&str; 6] = ["drive", "lease_until", "lease_by", "rare_pk", "attention_pk", "attention_sk"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = Table::from_environment();
    let environment = Environment::process();
    let mailer = aws_sdk_sesv2::config::Builder::from(&config(&environment, Service::SesV2)?)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().operation_timeout(TIMEOUT).build())
        .build();
    let mailer = aws_sdk_sesv2::Client::from_conf(mailer);
    let work = || async {
        read_item(&table, INVOICE, BODY).await;
        claim(&table).await;
        mail(&mailer).await;
        tell(&table).await;
    };
    floors::events(work, &Done::all()).await
}

async fn claim(table: &Table) {
    table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(key(INVOICE, RECIPIENT)))
        .update_expression("SET #n0 = :v0, #n1 = :v1 REMOVE #n3 ADD #n2 :v2")
        .condition_expression(
            "attribute_exists(drive) AND attribute_not_exists(settled) \
             AND (attribute_not_exists(lease_until) OR lease_until <= :v3)",
        )
        .expression_attribute_names("#n0", "lease_by")
        .expression_attribute_names("#n1", "lease_until")
        .expression_attribute_names("#n2", "attempts")
        .expression_attribute_names("#n3", "drive")
        .expression_attribute_values(":v0", text("8a78e42968ab242b9989554ff3af07d4.000000000000000000001"))
        .expression_attribute_values(":v1", number("1795378152040"))
        .expression_attribute_values(":v2", number("1"))
        .expression_attribute_values(":v3", number("1795377252040"))
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .expect("the table takes it");
}

async fn mail(mailer: &aws_sdk_sesv2::Client) {
    let raw = RawMessage::builder().data(Blob::new(MAIL)).build().expect("it is whole");
    let tag = MessageTag::builder().name("recipient").value(TOKEN).build().expect("it is whole");
    mailer
        .send_email()
        .destination(Destination::builder().to_addresses("ann@example.com").build())
        .content(EmailContent::builder().raw(raw).build())
        .email_tags(tag)
        .configuration_set_name("invoices")
        .send()
        .await
        .expect("SES takes it");
}

async fn tell(table: &Table) {
    let mut event = texts([("kind", "processed")]);
    event.insert("at".to_owned(), number("1795377252048"));
    let set = [
        ("message_sha256", AttributeValue::B(aws_sdk_dynamodb::primitives::Blob::new([7; 32]))),
        ("message_id", text("0107019aa8c0f3b2-0000000b-0000-4000-8000-000000000000-000000")),
        ("settled", AttributeValue::Bool(true)),
    ];
    let event = ("processed.1795377252048.e3b0c44298fc", AttributeValue::M(event));
    append(table, (INVOICE, RECIPIENT), event, &set, &REMOVED).await;
}
