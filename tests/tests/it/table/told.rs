//! What a portal tells: settings, clients, invoices, payments; and what is made of it for a client.

use domain::address::Mailbox;
use domain::client::{Contact, Profile, SkipReason, Skipped};
use domain::facts::{Facts, Money, RawFacts};
use domain::ids::{Client, Invoice, SendId};
use domain::invoice::{MAX_PAYMENTS, Payment, StoredInvoice};
use domain::settings::{OpenTracking, Settings};
use serde_json::json;
use table::{
    Corrected, Expected, NewPayment, Once, Paid, Preparation, Saving, Submitted, Table, Tagged, Told, Written,
};
use tests::written::{at, firm, send_to, start as begin};

use super::submitting::record;
use super::{cost, start};

fn settings() -> Settings {
    Settings {
        firm_name: Some("Roe & Partners".parse().unwrap()),
        from_name: Some("Roe Billing".parse().unwrap()),
        reply_to: Some("Accounts <accounts@roe.example>".parse().unwrap()),
        timezone: "Europe/Berlin".parse().unwrap(),
        locale: "de-CH".parse().unwrap(),
        display_balances: true,
        allow_account_history: true,
        send_automatic_invoice_emails: true,
        open_tracking: OpenTracking::Off,
        retention_days: Some(90.try_into().unwrap()),
        payment_url: Some("https://pay.example.com/{invoice}".parse().unwrap()),
        brand_color: Some("#7a1f3d".parse().unwrap()),
    }
}

fn mailboxes(list: &[&str]) -> Vec<Mailbox> {
    list.iter().map(|text| text.parse().unwrap()).collect()
}

fn profile(email: &[&str]) -> Profile {
    let contact = Contact {
        address: "ann@example.com".parse().unwrap(),
        name: Some("Ann".to_owned()),
        invited_at: Some(at(1)),
        accepted_at: Some(at(2)),
        login_created_at: None,
    };
    Profile {
        name: Some("Müller & Söhne".to_owned()),
        email: mailboxes(email),
        contacts: vec![contact],
        open_tracking: OpenTracking::Off,
    }
}

fn told(client: &str, currency: &str, amount: &str) -> StoredInvoice {
    let raw = RawFacts { client: Some(client), currency: Some(currency), amount: Some(amount), ..RawFacts::default() };
    StoredInvoice {
        facts: Facts::parse(&raw).unwrap(),
        matter_email: mailboxes(&["Ann <ann@example.com>"]),
        ..StoredInvoice::default()
    }
}

fn payment(id: &str, amount: &str) -> NewPayment {
    NewPayment { id: id.parse().unwrap(), amount: amount.to_owned(), paid_on: "2026-11-20".parse().unwrap() }
}

fn tags<T>(tagged: &Tagged<T>) -> [String; 1] {
    [tagged.etag.clone()]
}

async fn balance(table: &Table, invoice: &str) -> String {
    let found = table.invoice(&firm(), &invoice.parse().unwrap()).await.unwrap().unwrap();
    found.value.balance().map_or_else(String::new, |balance: Money| balance.to_string())
}

#[tokio::test]
async fn settings_are_the_defaults_until_they_are_put() {
    let (cloud, table) = start().await;
    let (found, asked) = cost(&cloud, table.settings(&firm())).await;
    let defaults = found.unwrap();
    assert_eq!((&defaults.value, asked), (&Settings::default(), json!({ "GetItem": 1 })));
    // What nobody has put yet can be replaced by who has seen it, once.
    let (firm_id, seen) = (firm(), tags(&defaults));
    let put = table.put_settings(&firm_id, settings(), Expected::OneOf(&seen), at(0));
    let (written, asked) = cost(&cloud, put).await;
    let Written::Done(new) = written.unwrap() else { panic!("the defaults were there") };
    assert_eq!((&new.value, asked), (&settings(), json!({ "PutItem": 1, "UpdateItem": 1 })));
    assert_eq!(table.settings(&firm()).await.unwrap(), new);
    let late = Settings { display_balances: false, ..settings() };
    assert_eq!(table.put_settings(&firm(), late, Expected::OneOf(&seen), at(0)).await.unwrap(), Written::Changed);
    // The same again is as good as done: its answer may have been lost.
    let again = table.put_settings(&firm(), settings(), Expected::OneOf(&seen), at(0)).await.unwrap();
    assert_eq!(again, Written::Done(new));
    let other = table.settings(&"other".parse().unwrap()).await.unwrap();
    assert_eq!(other, defaults);
}

#[tokio::test]
async fn clients_are_read_as_they_were_put_and_listed_by_id() {
    let (cloud, table) = start().await;
    let ids: Vec<Client> = ["a", "a-1", "b", "c"].map(|id| id.parse().unwrap()).into();
    assert_eq!(table.client(&firm(), &ids[0]).await.unwrap(), None);
    let missing = table.put_client(&firm(), &ids[0], profile(&[]), Expected::Present).await.unwrap();
    assert_eq!(missing, Written::Changed);
    for id in ids.iter().rev() {
        let firm_id = firm();
        let put =
            table.put_client(&firm_id, id, profile(&["ann@example.com", "Bob <bob@example.com>"]), Expected::Anything);
        let (written, asked) = cost(&cloud, put).await;
        let Written::Done(new) = written.unwrap() else { panic!("nothing was expected") };
        assert_eq!(asked, json!({ "PutItem": 1 }));
        assert_eq!(table.client(&firm(), id).await.unwrap(), Some(new));
    }
    let (mut after, mut listed) = (None, Vec::new());
    loop {
        let page = table.clients(&firm(), after.as_ref(), 1).await.unwrap();
        listed.extend(page.clients.into_iter().map(|(id, _)| id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed, ids);
}

#[tokio::test]
async fn a_corrected_address_takes_the_old_ones_place() {
    let (_cloud, table) = start().await;
    let client: Client = "a".parse().unwrap();
    let email = ["ann@example.com", "Bob <old@example.com>", "carl@example.com"];
    table.put_client(&firm(), &client, profile(&email), Expected::Anything).await.unwrap();
    let correct = async |old: &str, new: &str, saving| {
        let (old, new) = (old.parse().unwrap(), new.parse().unwrap());
        let corrected = table.correct_address(&firm(), &client, &old, &new, saving).await.unwrap();
        let known = table.client(&firm(), &client).await.unwrap().unwrap().value.email;
        (corrected.is_saved, known.iter().map(|known| known.address.to_string()).collect::<Vec<_>>().join(" "))
    };
    let (before, done) =
        ("ann@example.com old@example.com carl@example.com", "ann@example.com new@example.com carl@example.com");
    let is = |saved: bool, email: &str| (saved, email.to_owned());
    assert_eq!(correct("OLD@example.com", "new@example.com", Saving::Foreseen).await, is(true, before));
    assert_eq!(correct("OLD@example.com", "new@example.com", Saving::Now).await, is(true, done));
    assert_eq!(correct("old@example.com", "new@example.com", Saving::Now).await, is(true, done), "again");
    assert_eq!(correct("other@example.com", "x@example.com", Saving::Now).await, is(false, done));
    let (old, new) = ("ann@example.com".parse().unwrap(), "x@example.com".parse().unwrap());
    let unknown = table.correct_address(&firm(), &"b".parse().unwrap(), &old, &new, Saving::Now).await.unwrap();
    assert_eq!(unknown, Corrected::default());
}

#[tokio::test]
async fn a_corrected_address_takes_the_old_ones_place_at_the_matter() {
    let (_cloud, table) = start().await;
    let invoice: Invoice = "1042".parse().unwrap();
    let matter_email = ["ann@example.com", "old@example.com"].map(|address| address.parse().unwrap()).to_vec();
    let stored = StoredInvoice { matter_email, ..StoredInvoice::default() };
    table.put_invoice(&firm(), &invoice, stored, Expected::Absent).await.unwrap();
    let correct = async |old: &str, new: &str, saving| {
        let (old, new) = (old.parse().unwrap(), new.parse().unwrap());
        let saved = table.correct_matter_address(&firm(), &invoice, &old, &new, saving).await.unwrap();
        let known = table.invoice(&firm(), &invoice).await.unwrap().unwrap().value.matter_email;
        (saved, known.iter().map(|known| known.address.to_string()).collect::<Vec<_>>().join(" "))
    };
    let is = |saved: bool, email: &str| (saved, email.to_owned());
    let (before, done) = ("ann@example.com old@example.com", "ann@example.com new@example.com");
    assert_eq!(correct("old@example.com", "new@example.com", Saving::Foreseen).await, is(true, before));
    assert_eq!(correct("old@example.com", "new@example.com", Saving::Now).await, is(true, done));
    assert_eq!(correct("old@example.com", "new@example.com", Saving::Now).await, is(true, done), "again");
    assert_eq!(correct("other@example.com", "x@example.com", Saving::Now).await, is(false, done));
}

#[tokio::test]
async fn payments_and_statements_do_not_lose_one_another() {
    let (cloud, table) = start().await;
    let invoice: Invoice = "1".parse().unwrap();
    assert_eq!(table.pay(&firm(), &invoice, &payment("p", "1")).await.unwrap(), Paid::NoInvoice);
    let firm_id = firm();
    let put = table.put_invoice(&firm_id, &invoice, told("a", "USD", "1000.00"), Expected::Anything);
    let (written, asked) = cost(&cloud, put).await;
    assert!(matches!(written.unwrap(), Told::Done(_)));
    assert_eq!(asked, json!({ "GetItem": 1, "PutItem": 1 }));
    let (paid, asked) = cost(&cloud, table.pay(&firm(), &invoice, &payment("p0", "1.5"))).await;
    assert!(matches!(paid.unwrap(), Paid::New(_)));
    assert_eq!(asked, json!({ "GetItem": 1, "PutItem": 1 }));
    let known = payment("p0", "1.50");
    assert!(matches!(table.pay(&firm(), &invoice, &known).await.unwrap(), Paid::Known(_)));
    assert_eq!(table.pay(&firm(), &invoice, &payment("p0", "2")).await.unwrap(), Paid::IdTaken);
    assert!(matches!(table.pay(&firm(), &invoice, &payment("p1", "2.555")).await.unwrap(), Paid::NoAmount(Some(_))));

    let payments: Vec<NewPayment> = (1..6).map(|index| payment(&format!("p{index}"), "10")).collect();
    let (a, b, c, d, e) = tokio::join!(
        table.pay(&firm_id, &invoice, &payments[0]),
        table.pay(&firm_id, &invoice, &payments[1]),
        table.pay(&firm_id, &invoice, &payments[2]),
        table.pay(&firm_id, &invoice, &payments[3]),
        table.put_invoice(&firm_id, &invoice, told("a", "USD", "2000"), Expected::Anything),
    );
    for paid in [a, b, c, d] {
        assert!(matches!(paid.unwrap(), Paid::New(_)));
    }
    assert!(matches!(e.unwrap(), Told::Done(_)));
    assert_eq!(balance(&table, "1").await, "USD 1,958.50");
    let other = table.put_invoice(&firm(), &invoice, told("a", "EUR", "1"), Expected::Anything).await.unwrap();
    assert_eq!(other, Told::OtherCurrency);
    let seen = ["another".to_owned()];
    let changed = table.put_invoice(&firm(), &invoice, told("a", "USD", "1"), Expected::OneOf(&seen)).await.unwrap();
    assert_eq!(changed, Told::Changed);
}

#[tokio::test]
async fn the_most_payments_fit_an_item() {
    let (_cloud, table) = start().await;
    let invoice: Invoice = "1".parse().unwrap();
    let mut full = told("a", "KWD", "999999999999999.999");
    let amount = Money::parse(full.currency().unwrap(), "0.001").unwrap();
    full.payments = (1..MAX_PAYMENTS)
        .map(|index| {
            let NewPayment { id, paid_on, .. } = payment(&format!("{index:0>64}"), "");
            Payment { id, amount, paid_on, statement: 0 }
        })
        .collect();
    table.put_invoice(&firm(), &invoice, full, Expected::Anything).await.unwrap();
    assert!(matches!(table.pay(&firm(), &invoice, &payment("last", "0.001")).await.unwrap(), Paid::New(_)));
    assert_eq!(table.pay(&firm(), &invoice, &payment("one-more", "1")).await.unwrap(), Paid::TooMany);
    assert_eq!(balance(&table, "1").await, "KWD 999,999,999,999,999.499");
}

#[tokio::test]
async fn an_account_holds_a_clients_own_invoices_latest_first() {
    let (cloud, table) = start().await;
    let client: Client = "a".parse().unwrap();
    for (id, client, day) in [
        ("1", "a", Some("2026-11-02")),
        ("2", "a", None),
        ("3", "b", Some("2026-11-03")),
        ("4", "a", Some("2026-12-01")),
        ("5", "a-1", Some("2026-11-05")),
    ] {
        let issued_on = day.map(|day| day.parse().unwrap());
        let invoice = StoredInvoice { issued_on, ..told(client, "USD", "1") };
        table.put_invoice(&firm(), &id.parse().unwrap(), invoice, Expected::Anything).await.unwrap();
    }
    let account = async |client: &Client| {
        let page = table.account(&firm(), client, None).await.unwrap();
        assert_eq!(page.next, None);
        page.invoices.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(" ")
    };
    let (found, asked) = cost(&cloud, account(&client)).await;
    assert_eq!((found.as_str(), asked), ("4 1 2", json!({ "Query": 1 })));
    // One that turns out to be another client's goes there.
    table.put_invoice(&firm(), &"4".parse().unwrap(), told("b", "USD", "1"), Expected::Anything).await.unwrap();
    assert_eq!((account(&client).await.as_str(), account(&"b".parse().unwrap()).await.as_str()), ("1 2", "3 4"));
}

#[tokio::test]
async fn a_page_is_made_of_one_read_and_a_button_is_one_write() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    table.put_settings(&firm(), settings(), Expected::Anything, at(0)).await.unwrap();
    let (page, asked) = cost(&cloud, table.page(&key)).await;
    let page = page.unwrap().unwrap();
    assert_eq!(asked, json!({ "BatchGetItem": 1 }));
    assert_eq!((&page.recipient.key, &page.settings, &page.stored), (&key, &settings(), &None));
    table.put_invoice(&firm(), &key.invoice, told("a", "USD", "1"), Expected::Anything).await.unwrap();
    assert_eq!(table.page(&key).await.unwrap().unwrap().stored, Some(told("a", "USD", "1")));

    for second in 0..150 {
        let (confirmed, asked) = cost(&cloud, table.confirm(&key, at(second))).await;
        assert_eq!((confirmed.unwrap(), asked), (true, json!({ "UpdateItem": 1 })));
    }
    let actions = table.recipient(&key).await.unwrap().unwrap().log.portal_actions;
    assert_eq!((actions.len(), actions.first()), (100, Some(&at(0))), "the item is bounded");
    let unknown = domain::ids::RecipientKey { invoice: "2".parse().unwrap(), ..key };
    assert_eq!(table.page(&unknown).await.unwrap(), None);
    assert!(!table.confirm(&unknown, at(1)).await.unwrap());
}

#[tokio::test]
async fn a_finalization_is_one_whatever_it_led_to() {
    let (cloud, table) = start().await;
    let (firm, invoice) = (firm(), "1".parse().unwrap());
    let send = SendId::new(begin(), 1);
    let skipped = |reason| Skipped { address: "ann@example.com".parse().unwrap(), reason, since: Some(at(-5)) };
    let (first, second) = (record("first"), record("second"));
    let skip = [skipped(SkipReason::NoLogin)];
    let (submitted, asked) = cost(&cloud, table.submit_to_nobody((&firm, &invoice, send), &skip, &first, at(0))).await;
    assert_eq!((submitted.unwrap(), asked), (Submitted::Done, json!({ "TransactWriteItems": 1 })));
    let later = SendId::new(at(9), 2);
    let again = table.submit_to_nobody((&firm, &invoice, later), &[], &second, at(9)).await.unwrap();
    assert_eq!(again, Submitted::Repeated(first.clone()));
    // It is remembered longer than a caller's key.
    let year = at(366 * 24 * 60 * 60);
    let preparation = Preparation {
        firm: &firm,
        invoice: &invoice,
        addresses: &[],
        client: None,
        once: Some(Once::Finalization),
        now: year,
    };
    assert_eq!(table.prepare(preparation).await.unwrap().earlier, Some(first));
    let history = table.history(&firm, &invoice, None, 50).await.unwrap();
    assert_eq!((history.recipients.len(), history.older_than), (0, None));
    assert_eq!(history.skipped.into_iter().collect::<Vec<_>>(), [(send, skip.to_vec())]);
}

#[tokio::test]
async fn what_is_suppressed_among_addresses_is_one_read() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    table.append(&key, &[tests::written::event(1, super::bounced(&[]))], None, at(1)).await.unwrap();
    let addresses = ["ANN@example.com", "bob@example.com", "ann@example.com"].map(|address| address.parse().unwrap());
    let addresses: Vec<_> = addresses.iter().collect();
    let firm_id = firm();
    let (found, asked) = cost(&cloud, table.suppressed_among(&firm_id, &addresses)).await;
    assert_eq!(found.unwrap().into_keys().collect::<Vec<_>>(), ["ann@example.com"]);
    assert_eq!(asked, json!({ "BatchGetItem": 1 }));
    assert!(table.suppressed_among(&firm(), &[]).await.unwrap().is_empty());
}
