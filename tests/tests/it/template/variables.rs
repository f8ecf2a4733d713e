//! Variables: each function has those that its code reads, and no others.
//!
//! What the code reads is found by starting it: a variable is read if the start fails without it, or fails by its name
//! when it is junk, or if the junk is then found within the function.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use lambda::{ConfigurationError, Environment};
use serde_json::Value;
use tests::template::{Template, fields, id, text};
use tests::workspace;

use super::{differences, unless};

const JUNK: &str = "Junk-7f3a";

/// A value for each variable that has to have a certain form; any text does for the others.
const VALUES: [(&str, &str); 10] = [
    ("TRACKING_BASE_URL", "https://mail.example.com"),
    ("TOKEN_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
    ("FROM_ADDRESS", "invoices@example.com"),
    ("SES_TIMEOUT_MS", "10000"),
    ("SEND_LEASE_SECONDS", "900"),
    ("EVENT_ADDRESSES", "false"),
    ("TRUSTED_ROOTS", "automatic"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "EXAMPLEKEY"),
];

/// Nobody listens there; and without TLS a start is a matter of microseconds.
const ENDPOINT: (&str, &str) = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1");

/// Starts a function, and shows what became of its variables.
fn start(function: &str, variables: &BTreeMap<String, String>) -> Result<String, ConfigurationError> {
    let environment = &Environment::of(variables.clone());
    Ok(match function {
        "submit" => format!("{:?}", submit::Submit::from_environment(environment)?),
        "send" => format!("{:?}", send::Send::from_environment(environment)?),
        "track" => format!("{:?}", track::Track::from_environment(environment)?),
        "record" => format!("{:?}", record::Record::from_environment(environment)?),
        "report" => format!("{:?}", report::Report::from_environment(environment)?),
        "settings" => format!("{:?}", settings::Settings::from_environment(environment)?),
        "portal" => format!("{:?}", portal::Portal::from_environment(environment)?),
        "follow" => format!("{:?}", follow::Follow::from_environment(environment)?),
        "watch" => format!("{:?}", watch::Watch::from_environment(environment)?),
        "web" => format!("{:?}", web::Web::from_environment(environment)?),
        other => panic!("{other} is not known here"),
    })
}

/// Names in the code that look like variables of ours, and stand alone between quotes.
fn names_in_code() -> BTreeSet<String> {
    let sources = workspace::sources("functions").into_iter().chain(workspace::sources("shared/lambda"));
    let texts: Vec<String> = sources.map(|(_, text)| text).collect();
    let quoted = texts.iter().flat_map(|text| text.split('"'));
    let is_name = |text: &&str| text.contains('_') && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    quoted.filter(is_name).filter(|name| !name.starts_with("AWS_")).map(str::to_owned).collect()
}

/// The variables that each function reads.
pub(super) fn read_by(function: &str) -> &'static BTreeSet<String> {
    static READ: OnceLock<BTreeMap<String, BTreeSet<String>>> = OnceLock::new();
    let all = READ.get_or_init(|| {
        let names = names_in_code();
        let value = |name: &str| VALUES.iter().find(|(known, _)| *known == name).map_or("any", |(_, value)| value);
        let mut complete: BTreeMap<String, String> =
            names.iter().map(|name| (name.clone(), value(name).to_owned())).collect();
        complete
            .extend(VALUES.iter().chain([&ENDPOINT]).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let reads = |function: &str, name: &str| {
            start(function, &complete).expect("all variables are there");
            let (mut without, mut junk) = (complete.clone(), complete.clone());
            without.remove(name);
            junk.insert(name.to_owned(), JUNK.to_owned());
            let shows = |started: Result<String, ConfigurationError>, sign: &str| match started {
                Ok(shown) => shown.contains(sign),
                Err(error) => error.to_string().contains(name),
            };
            shows(start(function, &without), "\0") || shows(start(function, &junk), JUNK)
        };
        let of = |function: String| {
            let read = names.iter().filter(|name| reads(&function, name)).cloned().collect();
            (function, read)
        };
        workspace::functions().into_iter().map(of).collect()
    });
    &all[function]
}

/// The variables that the template gives a function.
pub(super) fn given(template: &Template, function: &str) -> BTreeMap<String, Value> {
    let of_all = fields(&template.0["Globals"]["Function"]["Environment"]["Variables"]);
    let own = fields(&template.properties(&id(function, "Function"))["Environment"]["Variables"]);
    of_all.chain(own).map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

/// What is wrong with the variables.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let mut found = Vec::new();
    for function in workspace::functions() {
        let given = given(template, &function);
        let what = format!("variables of {}", id(&function, "Function"));
        found.extend(differences(&what, &given.keys().cloned().collect(), read_by(&function)));
        let secret = given.values().any(|value| text(value).starts_with("{{resolve:secretsmanager:"));
        let key = text(&template.properties(&id(&function, "Function"))["KmsKeyArn"]);
        found.extend(unless(!secret || key == "${MessageKey.Arn}", || {
            format!("{what} hold a secret that whoever may look at the function can read")
        }));
    }
    found.extend(times_of_send(template));
    found
}

/// A claim outlives the invocation that made it, and a call its invocation; the start accepts both numbers.
fn times_of_send(template: &Template) -> Vec<String> {
    let variables = given(template, "send");
    let number = |name: &str| variables.get(name).and_then(|value| template.number(value));
    let timeout = template.number(&template.properties("SendFunction")["Timeout"]);
    let rules = [
        (number("SEND_LEASE_SECONDS") > timeout && timeout.is_some(), "SEND_LEASE_SECONDS ends before its Timeout"),
        (number("SES_TIMEOUT_MS") < timeout.map(|seconds| seconds * 1000), "SES_TIMEOUT_MS ends after its Timeout"),
    ];
    rules.into_iter().filter_map(|(holds, sentence)| unless(holds, || format!("SendFunction: {sentence}"))).collect()
}

#[test]
fn what_the_code_reads_is_seen() {
    let known = ["CLIENT_CLAIM", "FIRM_CLAIM", "TABLE_NAME", "TOKEN_KEYS", "TRUSTED_ROOTS"].map(str::to_owned);
    assert_eq!(*read_by("settings"), BTreeSet::from(known));
    assert!(read_by("send").contains("SES_TIMEOUT_MS") && !read_by("watch").contains("TOKEN_KEYS"));
}
