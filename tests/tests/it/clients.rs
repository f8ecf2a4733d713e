//! `/v1/clients`: to whom a firm's invoices go, and who of them the portal knows.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Firm, System};
use tokio::task::JoinSet;

const PATH: &str = "/v1/clients/c1";

/// A client with everything, as GET answers it.
fn acme() -> Value {
    json!({
        "client": "c1", "open_tracking": "off", "name": "Acme & Söhne", "email": "ann@x.example; \"Bob; Roe\" <bob@x.example>",
        "contacts": [
            {
                "address": "ann@x.example", "name": "Ann", "invited_at": "2026-11-01T09:30:00.000Z",
                "accepted_at": "2026-11-02T09:30:00.125Z", "login_created_at": "2026-11-03T09:30:00.000Z",
            },
            {
                "address": "eve@y.example", "name": null, "invited_at": null, "accepted_at": null,
                "login_created_at": null,
            },
        ],
    })
}

/// A client and its tag.
async fn read(firm: &Firm, path: &str) -> (Value, String) {
    let answer = firm.get(path).await;
    let tag = answer.header("etag").to_owned();
    assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "a strong tag: {tag}");
    (answer.expect(200), tag)
}

fn contacts(count: usize) -> Vec<Value> {
    (0..count).map(|number| json!({ "address": format!("p{number}@x.example") })).collect()
}

fn addresses(count: usize) -> String {
    (0..count).map(|number| format!("p{number}@x.example")).collect::<Vec<_>>().join(";")
}

#[tokio::test]
async fn what_is_put_is_answered_and_got_and_what_is_missing_is_gone() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.get(PATH).await.problem(404);
    let put = firm.put(PATH, &acme()).await;
    assert_eq!(put.expect(200), acme());
    assert_eq!(read(&firm, PATH).await, (acme(), put.header("etag").to_owned()));
    // What was got can be put, and changes nothing.
    let again = firm.put_if(put.header("etag"), PATH, &acme()).await;
    assert_eq!((again.expect(200), again.header("etag")), (acme(), put.header("etag")));

    let bare = json!({ "client": "c1", "name": null, "email": "", "contacts": [], "open_tracking": "individual" });
    for body in
        [json!({}), json!({ "name": null, "email": null, "contacts": null }), json!({ "name": "", "email": " ; ," })]
    {
        firm.put(PATH, &acme()).await.expect(200);
        assert_eq!(firm.put(PATH, &body).await.expect(200), bare, "{body}");
        assert_eq!(read(&firm, PATH).await.0, bare);
    }
}

#[tokio::test]
async fn one_spelling_stands_for_all_and_duplicates_collapse_to_the_first() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for (given, kept) in [
        (
            json!("Bill@x.example; Support@x.example; Billing@x.example"),
            "Bill@x.example; Support@x.example; Billing@x.example",
        ),
        (json!("ann@x.example, Ann <ANN@X.example>;ann@x.example;"), "ann@x.example"),
        (json!(["Ann <ann@x.example>", "bob@x.example; ann@x.example"]), "\"Ann\" <ann@x.example>; bob@x.example"),
        (json!("bob@Bücher.example"), "bob@xn--bcher-kva.example"),
    ] {
        assert_eq!(firm.put(PATH, &json!({ "email": given })).await.expect(200)["email"], kept);
        assert_eq!(read(&firm, PATH).await.0["email"], kept);
    }
    // Fifty different ones among many copies are fifty.
    let copies = format!("{};{}", addresses(50), addresses(50).to_uppercase());
    assert_eq!(
        firm.put(PATH, &json!({ "email": copies })).await.expect(200)["email"].as_str().unwrap().matches(';').count(),
        49
    );
    for (given, kept) in [
        ("2026-11-01T10:30:00+01:00", "2026-11-01T09:30:00.000Z"),
        ("2026-11-01T09:30:00.123456789Z", "2026-11-01T09:30:00.123Z"),
    ] {
        let body = json!({ "contacts": [{ "address": "ann@x.example", "invited_at": given }] });
        assert_eq!(firm.put(PATH, &body).await.expect(200)["contacts"][0]["invited_at"], kept);
        assert_eq!(read(&firm, PATH).await.0["contacts"][0]["invited_at"], kept);
    }
}

#[tokio::test]
async fn each_wrong_field_is_named_and_changes_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.put(PATH, &acme()).await.expect(200);
    let before = read(&firm, PATH).await;
    let long = "ü".repeat(201);
    for (field, wrong, pointer) in [
        ("client", json!("c2"), "/client"),
        ("client", json!(7), "/client"),
        ("client", json!(""), "/client"),
        ("name", json!(7), "/name"),
        ("name", json!("Acme\r\nX: y"), "/name"),
        ("name", json!("Acme\0"), "/name"),
        ("name", json!(long), "/name"),
        ("email", json!(7), "/email"),
        ("email", json!({}), "/email"),
        ("email", json!("ann"), "/email"),
        ("email", json!("ann@x.example; bob"), "/email"),
        ("email", json!(["ann@x.example", "bob"]), "/email/1"),
        ("email", json!(["ann@x.example", 7]), "/email/1"),
        ("email", json!("\"A\r\nBcc: eve@x.example\" <ann@x.example>"), "/email"),
        ("email", json!("jürgen@x.example"), "/email"),
        ("email", json!(addresses(51)), "/email"),
        ("contacts", json!("ann@x.example"), "/contacts"),
        ("contacts", json!({}), "/contacts"),
        ("contacts", json!(["ann@x.example"]), "/contacts/0"),
        ("contacts", json!([null]), "/contacts/0"),
        ("contacts", json!(contacts(201)), "/contacts"),
        ("colour", json!("red"), "/colour"),
    ] {
        let mut body = acme();
        body[field] = wrong.clone();
        let problem = firm.put(PATH, &body).await.problem_at("body", pointer);
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{field} {wrong}: {problem}");
    }
    for (field, wrong) in [
        ("address", Value::Null),
        ("address", json!("")),
        ("address", json!(7)),
        ("address", json!("eve")),
        ("address", json!("Eve <eve@y.example>")),
        ("address", json!("eve@y.example; carl@y.example")),
        // Another spelling of the first one's.
        ("address", json!("\"ANN\"@X.EXAMPLE")),
        ("name", json!(7)),
        ("name", json!("Eve\nX: y")),
        ("name", json!("e".repeat(201))),
        ("invited_at", json!("soon")),
        ("invited_at", json!("2026-11-01")),
        ("invited_at", json!("2026-11-01T09:30:00")),
        ("invited_at", json!(1_795_302_300)),
        ("accepted_at", json!(true)),
        ("accepted_at", json!("2026-13-01T09:30:00Z")),
        ("login_created_at", json!("yesterday")),
        ("login", json!("2026-11-01T09:30:00Z")),
    ] {
        let mut body = acme();
        body["contacts"][1][field] = wrong.clone();
        let problem = firm.put(PATH, &body).await.problem_at("body", &format!("/contacts/1/{field}"));
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{field} {wrong}: {problem}");
    }
    assert_eq!(read(&firm, PATH).await, before);

    let many = json!({ "name": 7, "email": "ann", "contacts": [{ "invited_at": "soon" }], "colour": 1 });
    let many = firm.put(PATH, &many).await;
    for pointer in ["/name", "/email", "/contacts/0/address", "/contacts/0/invited_at", "/colour"] {
        many.problem_at("body", pointer);
    }
}

#[tokio::test]
async fn the_largest_client_is_kept_and_listed_whole() {
    let system = System::start().await;
    let firm = system.firm("roe");
    // The longest names of the widest characters, and the longest addresses.
    let (name, local, domain) = (
        "𝄞".repeat(200),
        "l".repeat(60),
        format!("{}.example", ["d".repeat(60), "d".repeat(60), "d".repeat(58)].join(".")),
    );
    let address = |number: usize| format!("{local}{number:03}@{domain}");
    let email: Vec<String> = (0..50).map(|number| format!("\"{name}\" <{}>", address(number))).collect();
    let at = "2026-11-01T09:30:00.000Z";
    let contact = |number: usize| {
        let address = address(number);
        json!({ "address": address, "name": name, "invited_at": at, "accepted_at": at, "login_created_at": at })
    };
    let contacts: Vec<Value> = (0..200).map(contact).collect();
    let body = json!({ "name": name, "email": email, "contacts": contacts });
    let ids: Vec<String> = (0..6).map(|number| format!("c{number}")).collect();
    for id in &ids {
        let put = firm.put(&format!("/v1/clients/{id}"), &body).await.expect(200);
        assert_eq!((put["contacts"].as_array().unwrap().len(), &put["name"]), (200, &json!(name)));
    }
    assert_eq!(listed(&firm, "").await.concat(), ids, "a page may be shorter than its limit, none is lost");
}

#[tokio::test]
async fn an_id_has_its_form() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for id in ["a%20b", "a%2Fb", "%C3%BC", &"c".repeat(65), "a%00", "a%21"] {
        let path = format!("/v1/clients/{id}");
        firm.get(&path).await.problem_at("path", "client");
        firm.put(&path, &json!({})).await.problem_at("path", "client");
    }
    for id in ["a", "A.b_c-1", &"c".repeat(64)] {
        let path = format!("/v1/clients/{id}");
        assert_eq!(firm.put(&path, &json!({ "client": id })).await.expect(200)["client"], id);
        assert_eq!(read(&firm, &path).await.0["client"], id);
    }
    let both = firm.put("/v1/clients/a%20b", &json!({ "name": 7 })).await;
    both.problem_at("path", "client");
    both.problem_at("body", "/name");
}

#[tokio::test]
async fn a_condition_that_fits_is_put_and_one_that_does_not_changes_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let named = |name: &str| json!({ "name": name });
    for condition in ["*", "\"x\""] {
        firm.put_if(condition, PATH, &named("New")).await.problem(412);
    }
    firm.get(PATH).await.problem(404);
    let first = firm.put(PATH, &named("First")).await.header("etag").to_owned();
    let second = firm.put_if(&first, PATH, &named("Second")).await;
    second.expect(200);
    // A repeat, because the answer was lost.
    let repeated = firm.put_if(&first, PATH, &named("Second")).await;
    assert_eq!((repeated.expect(200), repeated.header("etag")), (second.json(), second.header("etag")));
    firm.put_if(&first, PATH, &named("Overwritten")).await.problem(412);
    for malformed in ["", "x", "\"x"] {
        firm.put_if(malformed, PATH, &named("Overwritten")).await.problem_at("header", "If-Match");
    }
    assert_eq!(read(&firm, PATH).await.0["name"], "Second");
    firm.put_if("*", PATH, &named("Third")).await.expect(200);

    let tag = read(&firm, PATH).await.1;
    let mut putting = JoinSet::new();
    for number in 0..10 {
        let (firm, tag, body) = (firm.clone(), tag.clone(), named(&format!("Writer {number}")));
        putting.spawn(async move { firm.put_if(&tag, PATH, &body).await });
    }
    let answers = putting.join_all().await;
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 9));
    lost.iter().for_each(|answer| drop(answer.problem(412)));
    assert_eq!(read(&firm, PATH).await.0, won[0].json());
}

#[tokio::test]
async fn what_is_to_be_new_is_never_put_over_what_is_there() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mut putting = JoinSet::new();
    for number in 0..5 {
        let (firm, body) = (firm.clone(), json!({ "name": format!("Writer {number}") }));
        putting.spawn(async move { firm.put_new(PATH, &body).await });
    }
    let answers = putting.join_all().await;
    let (made, refused): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((made.len(), refused.len()), (1, 4));
    refused.iter().for_each(|answer| drop(answer.problem(412)));
    let there = made[0].json();
    // A repeat, because the answer was lost.
    assert_eq!(firm.put_new(PATH, &json!({ "name": there["name"] })).await.expect(200), there);
    for wrong in ["x", "\"x\""] {
        let asked = firm.request(Method::PUT, PATH).header("if-none-match", wrong);
        Answer::of(asked.json(&there)).await.problem_at("header", "If-None-Match");
    }
    let both = firm.request(Method::PUT, PATH).header("if-none-match", "*").header("if-match", "*");
    Answer::of(both.json(&there)).await.problem_at("header", "If-None-Match");
    assert_eq!(read(&firm, PATH).await.0, there);
}

/// The ids of the firm's clients, page by page.
async fn listed(firm: &Firm, query: &str) -> Vec<Vec<String>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = firm.get(&format!("/v1/clients?{query}&cursor={cursor}")).await.expect(200);
        let rows = page["rows"].as_array().unwrap().iter();
        pages.push(rows.map(|row| row["client"].as_str().unwrap().to_owned()).collect());
        assert!(pages.len() < 20, "the pages end");
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn the_list_shows_each_client_once_by_id_whatever_the_page() {
    let system = System::start().await;
    let firm = system.firm("roe");
    assert_eq!(firm.get("/v1/clients").await.expect(200), json!({ "rows": [], "next_cursor": null }));
    let mut ids = ["a", "a-", "a.", "a.1", "a.1-b", "a_", "A", "1", "10", "2", "-", "_"];
    for id in ids {
        firm.put(&format!("/v1/clients/{id}"), &json!({ "name": id })).await.expect(200);
        // Nobody else's are among them, nor what else is known of them.
        system.firm("roe.1").put(&format!("/v1/clients/{id}x"), &json!({})).await.expect(200);
        firm.put(&format!("/v1/invoices/{id}"), &json!({ "client": id })).await.expect(200);
    }
    ids.sort_unstable();
    for limit in [1, 2, 5, 12, 1000] {
        let pages = listed(&firm, &format!("limit={limit}")).await;
        assert!(pages.iter().all(|page| page.len() <= limit), "{pages:?}");
        assert_eq!(pages.concat(), ids, "limit {limit}");
    }
    firm.put(PATH, &acme()).await.expect(200);
    let rows = firm.get("/v1/clients").await.expect(200)["rows"].clone();
    assert_eq!(rows.as_array().unwrap().last(), Some(&acme()), "as GET of one answers it");
}

#[tokio::test]
async fn a_cursor_continues_its_own_list_only() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for number in 0..3 {
        firm.put(&format!("/v1/clients/c{number}"), &json!({})).await.expect(200);
        system.firm("doe").put(&format!("/v1/clients/c{number}"), &json!({})).await.expect(200);
        firm.send_to(&number.to_string(), &format!("bounce+{number}@simulator.amazonses.com")).await;
        firm.history_with(&number.to_string(), "bounced").await;
    }
    system.settled().await;
    let mut strange = vec!["AAAA".to_owned(), "c1".to_owned(), "%00".to_owned()];
    for (firm, path) in [
        (system.firm("doe"), "/v1/clients?limit=1"),
        (firm.clone(), "/v1/suppressions?limit=1"),
        (firm.clone(), "/v1/attention?limit=1"),
        (firm.clone(), "/v1/reports/invoice-emails?limit=1"),
    ] {
        strange.push(firm.get(path).await.expect(200)["next_cursor"].as_str().expect(path).to_owned());
    }
    for cursor in strange {
        firm.get(&format!("/v1/clients?limit=1&cursor={cursor}")).await.problem_at("query", "cursor");
    }
    let own = firm.get("/v1/clients?limit=1").await.expect(200)["next_cursor"].as_str().unwrap().to_owned();
    firm.get(&format!("/v1/suppressions?limit=1&cursor={own}")).await.problem_at("query", "cursor");
    for (query, name) in [("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"), ("name=Acme", "name")] {
        firm.get(&format!("/v1/clients?{query}")).await.problem_at("query", name);
    }
    assert_eq!(firm.get("/v1/clients?limit=&cursor=").await.expect(200)["rows"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_firm_has_its_own_and_none_is_removed() {
    let system = System::start().await;
    for name in ["roe", "roe.1", "ROE"] {
        system.firm(name).put(PATH, &json!({ "name": name })).await.expect(200);
    }
    for name in ["roe", "roe.1", "ROE"] {
        assert_eq!(read(&system.firm(name), PATH).await.0["name"], name);
    }
    system.firm("r").get(PATH).await.problem(404);
    let deleted = Answer::of(system.firm("roe").request(Method::DELETE, PATH)).await;
    deleted.problem(405);
}
