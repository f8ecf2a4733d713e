//! What callers do: the portal's front end submits and looks, recipients' programs read.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use domain::ids::RecipientKey;
use domain::token::{Purpose, TokenKeys};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::System;
use tests::system::BROWSER;

use super::people::{Invoice, Person};
use super::times::Times;

/// Readers come after so many other recipients were accepted: most mails have left by then.
const READ_LATER: usize = 400;
/// The user agent of Apple's Mail Privacy Protection.
const MACHINE: &str = "Mozilla/5.0";
/// A "try again" is taken at its word so often; three in a row are one in a million.
const TRIES: usize = 10;

pub(super) struct Traffic {
    pub(super) system: System,
    keys: TokenKeys,
    /// Who is going to read, in the order of acceptance.
    readers: Mutex<VecDeque<(Person, RecipientKey)>>,
}

impl Traffic {
    pub(super) fn new(system: System, keys: TokenKeys) -> Self {
        Self { system, keys, readers: Mutex::default() }
    }

    /// E-mails an invoice, as often as it takes.
    pub(super) async fn submit(&self, invoice: Invoice, times: &mut Times) {
        let (id, firm) = (invoice.id(), self.system.firm(invoice.firm()));
        let to: Vec<String> = invoice.people().map(Person::address).collect();
        let body = json!({
            "to": to, "subject": format!("Invoice {id}"), "message": "Dear client, here is our invoice.",
            "facts": { "number": id, "client": format!("client-{}", invoice.0 % 400), "currency": "USD",
                       "amount": "1250.00", "due_on": "2026-12-01", "url": format!("https://portal.example.com/i/{id}") },
        });
        let path = format!("/v1/invoices/{id}/emails");
        let accepted = self
            .until_done("submit", times, || {
                firm.request(Method::POST, &path).header("idempotency-key", &id).json(&body)
            })
            .await;
        let send = accepted["send"].as_str().and_then(|send| send.parse().ok()).expect("a send");
        let key = |position: &Value| RecipientKey {
            firm: invoice.firm().parse().expect("a firm"),
            invoice: id.parse().expect("an invoice"),
            send,
            position: position.as_str().and_then(|position| position.parse().ok()).expect("a position"),
        };
        let recipients = accepted["recipients"].as_array().expect("recipients");
        let readers = recipients.iter().map(|one| (invoice.person(&one["recipient"]), key(&one["recipient"])));
        self.readers().extend(readers);
    }

    /// What staff look at now and then.
    pub(super) async fn look(&self, invoice: Invoice, times: &mut Times) {
        let firm = self.system.firm(invoice.firm());
        let number = invoice.0;
        let get = |path: &str| firm.request(Method::GET, path);
        if number.is_multiple_of(4) {
            let earlier = Invoice(number - number.min(200) / 20 * 20);
            times.of("history", get(&format!("/v1/invoices/{}/emails", earlier.id()))).await;
        }
        if number.is_multiple_of(10) {
            times.of("report, 100 rows", get("/v1/reports/invoice-emails")).await;
            times.of("report, rejected", get("/v1/reports/invoice-emails?status=rejected,delayed")).await;
        }
        if number.is_multiple_of(25) {
            times.of("summary", get("/v1/reports/invoice-emails/summary")).await;
            times.of("attention", get("/v1/attention")).await;
        }
        if number.is_multiple_of(100) {
            times.of("CSV, 1,000 rows", get("/v1/reports/invoice-emails?limit=1000&format=csv")).await;
            let client = json!({ "name": "Acme", "email": "ann@example.com" });
            let path = format!("/v1/clients/client-{}", number % 400);
            self.until_done("client", times, || firm.request(Method::PUT, &path).json(&client)).await;
        }
    }

    /// Recipients who were accepted some time ago read.
    pub(super) async fn read_some(&self, times: &mut Times) {
        loop {
            let next = {
                let mut readers = self.readers();
                if readers.len() > READ_LATER { readers.pop_front() } else { None }
            };
            let Some((person, key)) = next else { return };
            self.read(person, &key, times).await;
        }
    }

    /// All others do.
    pub(super) async fn read_the_rest(&self, times: &mut Times) {
        loop {
            let Some((person, key)) = self.readers().pop_front() else { return };
            self.read(person, &key, times).await;
        }
    }

    async fn read(&self, person: Person, key: &RecipientKey, times: &mut Times) {
        let (opens, automatic, clicks) = person.reads();
        let pixel = format!("/o/{}.gif", self.keys.seal_recipient(Purpose::Open, key));
        let get = |path: &str, agent| self.system.request(Method::GET, path).header("user-agent", agent);
        for _ in 0..automatic {
            times.of("pixel", get(&pixel, MACHINE)).await;
        }
        for _ in 0..opens {
            times.of("pixel", get(&pixel, BROWSER)).await;
        }
        for _ in 0..clicks {
            let link = format!("/c/{}", self.keys.seal_click(key, 1, "https://portal.example.com/i/1"));
            times.of("click", get(&link, BROWSER)).await;
        }
    }

    /// Asks again as long as the answer is "try again".
    async fn until_done(&self, kind: &'static str, times: &mut Times, request: impl Fn() -> RequestBuilder) -> Value {
        for _ in 0..TRIES {
            let answer = times.of(kind, request()).await;
            if answer.status != 503 {
                return answer.json();
            }
        }
        panic!("{kind}: {TRIES} times in a row");
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, VecDeque<(Person, RecipientKey)>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
