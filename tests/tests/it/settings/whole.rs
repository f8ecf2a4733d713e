//! Settings are read and put as a whole, and nobody overwrites what they have not seen.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Firm, System};
use tokio::task::JoinSet;

use super::{PATH, all_set, defaults};

/// The settings and their tag.
async fn read(firm: &Firm) -> (Value, String) {
    let answer = firm.get(PATH).await;
    let tag = answer.header("etag").to_owned();
    assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "a strong tag: {tag}");
    (answer.expect(200), tag)
}

fn named(name: &str) -> Value {
    json!({ "firm_name": name })
}

#[tokio::test]
async fn a_firm_that_has_set_up_nothing_has_the_defaults() {
    let system = System::start().await;
    assert_eq!(read(&system.firm("roe")).await.0, defaults());
    assert_eq!(read(&system.firm("doe")).await, read(&system.firm("roe")).await, "a tag is of the content");
}

#[tokio::test]
async fn what_is_put_is_answered_and_got_and_what_is_missing_goes_back_to_its_default() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let (_, tag_of_defaults) = read(&firm).await;
    let put = firm.put(PATH, &all_set()).await;
    assert_eq!(put.expect(200), all_set());
    assert_eq!(read(&firm).await, (all_set(), put.header("etag").to_owned()));
    assert_ne!(put.header("etag"), tag_of_defaults);

    let one = firm.put(PATH, &json!({ "display_balances": true })).await.expect(200);
    let mut expected = defaults();
    expected["display_balances"] = json!(true);
    assert_eq!(one, expected);
    assert_eq!(firm.put(PATH, &json!({})).await.expect(200), defaults());
    assert_eq!(read(&firm).await, (defaults(), tag_of_defaults));
}

#[tokio::test]
async fn what_is_got_can_be_put_and_changes_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for settings in [json!({}), all_set()] {
        firm.put(PATH, &settings).await.expect(200);
        let (before, tag) = read(&firm).await;
        let put = firm.put_if(&tag, PATH, &before).await;
        assert_eq!((put.expect(200), put.header("etag")), (before.clone(), tag.as_str()));
        assert_eq!(read(&firm).await, (before, tag));
    }
}

#[tokio::test]
async fn one_spelling_stands_for_all() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for (field, given, kept) in [
        ("firm_name", json!("  Roe & Partners "), json!("Roe & Partners")),
        ("firm_name", json!("ü".repeat(100)), json!("ü".repeat(100))),
        ("from_name", json!("Roe \"Billing\" <x>"), json!("Roe \"Billing\" <x>")),
        ("reply_to", json!("bob@Bücher.example"), json!("bob@xn--bcher-kva.example")),
        ("reply_to", json!("Bob Roe <bob@roe.example>"), json!("\"Bob Roe\" <bob@roe.example>")),
        ("timezone", json!("europe/berlin"), json!("Europe/Berlin")),
        ("brand_color", json!("#1F5FBF"), json!("#1f5fbf")),
    ] {
        let answer = firm.put(PATH, &json!({ field: given })).await;
        assert_eq!(answer.expect(200)[field], kept);
        assert_eq!(read(&firm).await.0[field], kept);
    }
}

#[tokio::test]
async fn null_and_an_empty_text_are_the_default() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let (fields, texts) = (defaults(), defaults());
    let nulls: Value = fields.as_object().unwrap().keys().map(|name| (name.clone(), Value::Null)).collect();
    let texts = texts.as_object().unwrap().iter().filter(|(_, value)| !value.is_boolean());
    let empty: Value = texts.map(|(name, _)| (name.clone(), json!(""))).collect();
    for settings in [nulls, empty] {
        firm.put(PATH, &all_set()).await.expect(200);
        assert_eq!(firm.put(PATH, &settings).await.expect(200), defaults(), "{settings}");
    }
}

#[tokio::test]
async fn a_condition_that_fits_is_put_and_one_that_does_not_changes_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let (_, first) = read(&firm).await;
    // The defaults that nobody has put have a tag as well.
    let second = firm.put_if(&first, PATH, &named("Second")).await;
    assert_eq!(second.expect(200)["firm_name"], "Second");
    let second = second.header("etag").to_owned();

    let weak = format!("W/{second}");
    for stale in [first.as_str(), "\"of no settings\"", &weak, &format!("{first}, \"other\"")] {
        let refused = firm.put_if(stale, PATH, &named("Overwritten")).await;
        refused.problem(412);
        assert_eq!(refused.header("etag"), "", "a refusal has no tag to go on with");
        assert_eq!(read(&firm).await.0["firm_name"], "Second", "{stale}");
    }
    for (number, fitting) in [second.clone(), format!("{first} ,{second}"), "*".to_owned()].iter().enumerate() {
        firm.put(PATH, &named("Second")).await.expect(200);
        let name = format!("Name {number}");
        assert_eq!(firm.put_if(fitting, PATH, &named(&name)).await.expect(200)["firm_name"], name, "{fitting}");
    }
    // A list may stand in several lines (RFC 9110, 5.3).
    firm.put(PATH, &named("Second")).await.expect(200);
    let lines = firm.request(Method::PUT, PATH).header("if-match", &first).header("if-match", &second);
    Answer::of(lines.json(&named("Lines"))).await.expect(200);
    // `*` is for a record that is there, and settings always are.
    system.firm("doe").put_if("*", PATH, &named("Doe")).await.expect(200);
    // Settings always are.
    system.firm("moe").put_new(PATH, &named("Moe")).await.problem(412);
}

#[tokio::test]
async fn a_condition_that_is_none_is_refused_by_the_headers_name() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let (before, tag) = read(&firm).await;
    let unquoted = tag.trim_matches('"');
    for malformed in ["", ",", "**", unquoted, &tag[1..], &format!("{tag}, {unquoted}"), "'x'", "*, \"x\""] {
        firm.put_if(malformed, PATH, &all_set()).await.problem_at("header", "If-Match");
        assert_eq!(read(&firm).await, (before.clone(), tag.clone()), "{malformed}");
    }
    let both = firm.put_if("x", PATH, &json!({ "timezone": "Mars/Olympus" })).await;
    both.problem_at("header", "If-Match");
    both.problem_at("body", "/timezone");
}

#[tokio::test]
async fn of_ten_who_have_seen_the_same_one_wins() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let seed = firm.put(PATH, &named("Seed")).await.header("etag").to_owned();
    let never_put = read(&system.firm("doe")).await.1;
    for (firm, tag) in [(firm, seed), (system.firm("doe"), never_put)] {
        let mut putting = JoinSet::new();
        for number in 0..10 {
            let (firm, tag) = (firm.clone(), tag.clone());
            putting.spawn(async move { firm.put_if(&tag, PATH, &named(&format!("Writer {number}"))).await });
        }
        let answers = putting.join_all().await;
        let (won, lost): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 9));
        lost.iter().for_each(|answer| drop(answer.problem(412)));
        assert_eq!(read(&firm).await, (won[0].json(), won[0].header("etag").to_owned()));
    }
}

#[tokio::test]
async fn whoever_repeats_because_the_answer_was_lost_succeeds() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let (_, first) = read(&firm).await;
    let put = firm.put_if(&first, PATH, &named("New")).await;
    let again = firm.put_if(&first, PATH, &named("New")).await;
    assert_eq!((again.expect(200), again.header("etag")), (put.expect(200), put.header("etag")));
    // Not once somebody else has changed them: that would take the other's change back.
    firm.put(PATH, &named("Newer")).await.expect(200);
    firm.put_if(&first, PATH, &named("New")).await.problem(412);
    assert_eq!(read(&firm).await.0["firm_name"], "Newer");
}

#[tokio::test]
async fn a_firm_has_its_own() {
    let system = System::start().await;
    // Names that would run together if keys were not escaped.
    let names = ["roe", "roe.1", "roe-1", "ROE", "r"];
    for name in names {
        system.firm(name).put(PATH, &named(name)).await.expect(200);
    }
    for name in names {
        assert_eq!(read(&system.firm(name)).await.0["firm_name"], name);
    }
    let others = read(&system.firm("roe")).await.1;
    system.firm("ROE").put_if(&others, PATH, &named("Taken")).await.problem(412);
}
