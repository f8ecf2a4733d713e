//! The whole system, in the test's own process, on a port of its own, with an empty table.

use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use local::{Options, Stack};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};

use crate::secrecy::Secrecy;
use crate::{Answer, Firm, Mail, until};

/// What a person's mail program or browser calls itself.
pub const BROWSER: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

/// How far back a recount looks: over all that a journey writes.
const RECOUNTED_DAYS: i64 = 40;

/// A running system.
pub struct System {
    stack: Stack,
    client: Client,
    _secrecy: Secrecy,
}

impl System {
    /// Starts one.
    pub async fn start() -> Self {
        Self::start_for(&[]).await
    }

    /// Starts one whose API the pages of these origins may call.
    pub async fn start_for(portal_origins: &[&str]) -> Self {
        let portal_origins = portal_origins.iter().map(|origin| (*origin).to_owned()).collect();
        Self::start_with(Options { empty: true, portal_origins, ..Options::default() }).await
    }

    /// Starts one that announces addresses, too.
    pub async fn start_announcing_addresses() -> Self {
        Self::start_with(Options { empty: true, event_addresses: true, ..Options::default() }).await
    }

    /// Starts one that waits for no request for longer than a third of a second.
    pub async fn start_impatient() -> Self {
        let request_timeout = Duration::from_millis(300);
        Self::start_with(Options { empty: true, request_timeout, ..Options::default() }).await
    }

    /// Starts one with the demo data in its table: sixty days of the firm `demo`.
    pub async fn start_with_demo() -> Self {
        Self::start_with_demo_of(1).await
    }

    /// Starts one with the demo data of a firm that is so many times as large.
    pub async fn start_with_demo_of(scale: u32) -> Self {
        Self::start_with(Options { scale, ..Options::default() }).await
    }

    /// Starts one on a table that is kept in a directory.
    pub async fn start_on(data: &Path) -> Self {
        Self::start_with(Options { empty: true, data: Some(data.to_owned()), ..Options::default() }).await
    }

    async fn start_with(options: Options) -> Self {
        let options = Options {
            // Shorter than the defaults, so that an unanswered SendEmail is over within seconds.
            schedule: Duration::from_millis(300),
            ses_timeout: Duration::from_millis(700),
            send_lease: Duration::from_secs(3),
            ..options
        };
        let secrecy = Secrecy::watch();
        let stack = Stack::start(options).await.expect("the local stack starts");
        // No cookies, no redirects, no User-Agent: what a test does not say is not sent.
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { stack, client, _secrecy: secrecy }
    }

    /// Waits until nothing is under way but what runs on a schedule.
    pub async fn settled(&self) {
        self.stack.settled().await;
    }

    /// Where it answers, without a slash at the end.
    pub fn url(&self) -> String {
        self.stack.url().trim_end_matches('/').to_owned()
    }

    /// A firm's portal.
    pub fn firm(&self, name: &str) -> Firm {
        Firm::new(self.client.clone(), &self.url(), name)
    }

    /// A request of anybody: to a path, or to a link out of a mail.
    pub fn request(&self, method: Method, link: &str) -> reqwest::RequestBuilder {
        let url = if link.starts_with('/') { format!("{}{link}", self.url()) } else { link.to_owned() };
        self.client.request(method, url)
    }

    /// A person's browser or mail program fetches a link.
    pub async fn as_browser(&self, link: &str) -> Answer {
        self.as_agent(BROWSER, link).await
    }

    /// A program of that name fetches a link.
    pub async fn as_agent(&self, agent: &str, link: &str) -> Answer {
        Answer::of(self.request(Method::GET, link).header("user-agent", agent)).await
    }

    /// A person's browser fetches a link from a network of its own: `127.0.NETWORK.0/24`.
    pub async fn as_browser_in(&self, network: u8, link: &str) -> Answer {
        let from = std::net::Ipv4Addr::new(127, 0, network, 1);
        let client = reqwest::Client::builder().local_address(std::net::IpAddr::from(from));
        let client = client.redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let url = if link.starts_with('/') { format!("{}{link}", self.url()) } else { link.to_owned() };
        Answer::of(client.get(url).header("user-agent", BROWSER)).await
    }

    /// All mails that were accepted, newest first.
    pub async fn mailbox(&self) -> Vec<Mail> {
        let mailbox = Answer::of(self.request(Method::GET, "/_local/mailbox")).await.expect(200);
        mailbox["messages"].as_array().expect("messages").iter().map(Mail::of).collect()
    }

    /// The one mail with that subject to that address, once it is there.
    pub async fn mail(&self, subject: &str, address: &str) -> Mail {
        until(&format!("mail {subject:?} to {address}"), async || {
            let all = self.mailbox().await;
            let seen = format!("{:?}", all.iter().map(|mail| (&mail.subject, &mail.to)).collect::<Vec<_>>());
            all.into_iter().find(|mail| mail.subject == subject && mail.to == address).ok_or(seen)
        })
        .await
    }

    /// Sets what goes wrong from now on; `{}` ends it.
    pub async fn faults(&self, plan: Value) {
        let answer = Answer::of(self.request(Method::PUT, "/_local/faults").json(&plan)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Brings a message into the queue and says what became of it: `recorded`, `ignored` or `failed`.
    pub async fn bring(&self, message: impl Into<String>) -> String {
        let request = self.request(Method::POST, "/_local/ses-events").body(message.into());
        let answer = Answer::of(request).await.expect(200);
        answer["outcome"].as_str().unwrap_or_else(|| panic!("no outcome in {answer}")).to_owned()
    }

    /// Brings an event of the portal as EventBridge would, once; what then fails is tried again by itself.
    /// `{ "outcome": "handled" | "failed", … }`.
    pub async fn publish(&self, event: &Value) -> Value {
        Answer::of(self.request(Method::POST, "/_local/events").json(event)).await.expect(200)
    }

    /// The details of the events that were announced on the bus, oldest first: of the newest 10,000. Who has changed
    /// something waits until the system has [settled](Self::settled).
    pub async fn announced(&self) -> Vec<Value> {
        let answer = Answer::of(self.request(Method::GET, "/_local/events")).await.expect(200);
        let events = answer["events"].as_array().expect("events");
        events.iter().rev().map(|event| event["detail"].clone()).collect()
    }

    /// Counts a firm's recipients of the last 40 days anew, corrects nothing, and tells what differs.
    pub async fn recount(&self, firm: &str) -> Value {
        #[expect(clippy::disallowed_methods, reason = "the stack's own clock says which days there are to count")]
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let (from, to) = ((today - RECOUNTED_DAYS.days()).to_string(), (today + 1.day()).to_string());
        let answer = self.recount_as(&json!({ "firm": firm, "from": from, "to": to })).await.expect(200);
        assert!(answer["next"].is_null(), "not all days were counted: {answer:#}");
        answer
    }

    /// Asks for a recount: `{ "firm", "from", "to", "correct", "pause_seconds" }`. A problem if the function fails.
    pub async fn recount_as(&self, asked: &Value) -> Answer {
        Answer::of(self.request(Method::POST, "/_local/recount").json(asked)).await
    }

    /// What nobody could read, once there are that many.
    pub async fn dead_letters(&self, count: usize) -> Vec<Value> {
        until(&format!("{count} dead letters"), async || {
            let letters = Answer::of(self.request(Method::GET, "/_local/dead-letters")).await.expect(200);
            let list = letters["dead_letters"].as_array().expect("a list").clone();
            if list.len() == count { Ok(list) } else { Err(format!("{list:#?}")) }
        })
        .await
    }

    /// How many mails SES has accepted, also of those that the mailbox shows no more.
    pub fn mails_accepted(&self) -> u64 {
        self.stack.mails_accepted()
    }

    /// The requests that a function has made to the table since the start: `{ "Query": 2 }`.
    pub async fn requests_of(&self, function: &str) -> Value {
        let requests = Answer::of(self.request(Method::GET, "/_local/table-requests")).await.expect(200);
        requests["by_function"][function].clone()
    }
}
