//! Parameters: an operator is told what is asked for and what was wrong with the answer, before anything is deployed.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde_json::Value;
use tests::template::{Template, fields, list, text};

use super::{differences, unless};

/// What a pattern must take, and what it must refuse. One value of a list stands for each of them.
const EXAMPLES: &[(&str, &[&str], &[&str])] = &[
    (
        "VerifiedSenderDomainOrAddress",
        &["billing.example.com", "example.co.uk", "invoices@billing.example.com"],
        &[
            "",
            "localhost",
            "https://example.com",
            "arn:aws:ses:eu-central-1:1:identity/example.com",
            "Roe <a@example.com>",
            "*",
        ],
    ),
    (
        "InvoicesFromAddress",
        &["invoices@billing.example.com", "o'neill+invoices@example.com"],
        &["", "billing.example.com", "Roe & Partners <a@example.com>", "a@example.com, b@example.com", "a@localhost"],
    ),
    (
        "JwtIssuerUrl",
        &["https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf", "https://login.example.com/"],
        &["", "http://login.example.com", "login.example.com", "https://login.example.com /"],
    ),
    ("JwtAudiences", &["3n4b5c6d7e8f", "https://api.example.com"], &["", "two words"]),
    (
        "OptionalJwtScopeElseIdTokensPass",
        &["", "invoices/send", "https://api.example.com/invoices.send"],
        &["two scopes", "\"quoted\""],
    ),
    ("ClaimWithTheFirm", &["custom:firm", "https://example.com/firm"], &["", "the firm"]),
    ("ClaimWithTheClient", &["custom:client"], &["", "the client"]),
    (
        "TokenKeysSecretName",
        &[
            "invoice-email-tracking/token-keys",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:invoice-email-tracking/token-keys-AbCdEf",
        ],
        &["", "two words", "{{resolve}}"],
    ),
    ("TokenKeysSecretVersionId", &["0f6ba9a4-6b3c-4c4c-9d8e-1a2b3c4d5e6f"], &["", "AWSCURRENT", "latest"]),
    (
        "OptionalTrackingDomain",
        &["", "mail.example.com"],
        &["https://mail.example.com", "mail.example.com/", "Mail.example.com", "mail"],
    ),
    (
        "OptionalTrackingDomainCertificateArn",
        &["", "arn:aws:acm:eu-central-1:123456789012:certificate/0f6ba9a4-6b3c-4c4c-9d8e-1a2b3c4d5e6f"],
        &["0f6ba9a4-6b3c-4c4c-9d8e-1a2b3c4d5e6f", "arn:aws:iam::123456789012:server-certificate/mail"],
    ),
    (
        "OptionalTrackingDomainHostedZoneId",
        &["", "Z0123456789ABCDEFGHIJ"],
        &["/hostedzone/Z0123456789ABCDEFGHIJ", "example.com"],
    ),
    (
        "OptionalPortalOrigins",
        &["", "https://portal.example.com", "https://portal.example.com:8443,https://other.example.com"],
        &[
            "*",
            "portal.example.com",
            "https://portal.example.com/",
            "http://portal.example.com",
            "https://a.example.com,",
        ],
    ),
    (
        "EventBusName",
        &["default", "invoices-prod.v2_EU"],
        &[
            "",
            "two words",
            "arn:aws:events:eu-central-1:123456789012:event-bus/default",
            "aws.partner/example.com/1",
            "*",
        ],
    ),
    ("OptionalAlarmEmail", &["", "operators@example.com"], &["operators", "a@example.com,b@example.com"]),
];

/// What is wrong with the parameters and their rules.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let parameters = || fields(&template.0["Parameters"]);
    let with_pattern = parameters().filter(|(_, parameter)| !parameter["AllowedPattern"].is_null());
    let listed = EXAMPLES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let patterns = with_pattern.map(|(name, _)| name.to_owned()).collect();
    let mut found = differences("parameters with examples of their pattern", &listed, &patterns);
    found.extend(parameters().flat_map(|(name, parameter)| of_parameter(name, parameter)));
    for (name, rule) in fields(&template.0["Rules"]) {
        let mut assertions = list(&rule["Assertions"]).peekable();
        found.extend(unless(assertions.peek().is_some(), || format!("the rule {name} asserts nothing")));
        let silent = assertions.filter(|one| one["Assert"].is_null() || !is_sentence(&one["AssertDescription"]));
        found.extend(silent.map(|_| format!("the rule {name} does not say what is wrong")));
    }
    let conditions: BTreeSet<&str> = fields(&template.0["Rules"])
        .filter_map(|(_, rule)| rule["RuleCondition"]["!Not"][0]["!Equals"][0]["!Ref"].as_str())
        .collect();
    let of_domain = parameters().map(|(name, _)| name).filter(|name| name.starts_with("OptionalTrackingDomain"));
    let unruled = of_domain.filter(|name| !conditions.contains(name));
    found.extend(unruled.map(|name| format!("no rule holds {name} together with the rest of the tracking domain")));
    found
}

fn is_sentence(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains(' ') && text.ends_with('.'))
}

fn of_parameter(name: &str, parameter: &Value) -> Vec<String> {
    let has = |field: &str| !parameter[field].is_null();
    let limited = match parameter["Type"].as_str() {
        Some("Number") => has("AllowedValues") || (has("MinValue") && has("MaxValue")),
        _ => has("AllowedValues") || has("AllowedPattern"),
    };
    let (optional, called_so) = (parameter["Default"] == "", name.starts_with("Optional"));
    let constraint = &parameter["ConstraintDescription"];
    let rules = [
        (parameter["Description"].is_string(), "is not described".to_owned()),
        (
            // CloudFormation puts it after "Parameter X ".
            is_sentence(constraint) && text(constraint).starts_with("must be "),
            "does not say what it must be".to_owned(),
        ),
        (limited, "takes anything".to_owned()),
        (called_so || !optional, "may be empty and its name does not say so".to_owned()),
        (optional || !called_so, "may not be empty and its name says that it may".to_owned()),
    ];
    let mut found: Vec<String> = rules
        .into_iter()
        .filter_map(|(holds, sentence)| unless(holds, || format!("the parameter {name} {sentence}")))
        .collect();
    let Some(pattern) = parameter["AllowedPattern"].as_str() else { return found };
    let Ok(pattern) = Regex::new(&format!("^(?:{pattern})$")) else {
        found.push(format!("the pattern of {name} cannot be read"));
        return found;
    };
    let examples = EXAMPLES.iter().filter(|(known, ..)| *known == name);
    let (good, bad): (Vec<_>, Vec<_>) = examples.map(|(_, good, bad)| (good.iter(), bad.iter())).unzip();
    let good = good.into_iter().flatten().copied().chain(parameter["Default"].as_str());
    found.extend(good.filter(|one| !pattern.is_match(one)).map(|one| format!("{name} refuses {one:?}")));
    let bad = bad.into_iter().flatten().filter(|one| pattern.is_match(one));
    found.extend(bad.map(|one| format!("{name} takes {one:?}")));
    found
}
