//! The mailbox's list: who got which mail, and what happened to each.

use askama::Template;
use domain::token::TokenKeys;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::parts::{Person, Shown};
use super::{owner, shown_at};
use crate::clock;
use crate::ses::mailbox::{Happening, Mail, Mailbox, What};

/// More rows make the page slow, and nobody reads them at once.
const PAGE_ROWS: usize = 100;

/// Longer searches are cut: no subject that the API takes is longer.
const LONGEST_SEARCH: usize = 255;

/// The people of a header who are named in a row; the mail's own page names them all.
const MOST_PEOPLE: usize = 3;

/// Which part of the mailbox is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// What a recipient or the subject must have.
    search: String,
    /// Only mails that came before this one.
    before: Option<u64>,
}

impl Query {
    /// Reads the parameters `q` and `before`; what is no number does not count.
    pub(super) fn read(parameter: impl Fn(&str) -> Option<String>) -> Self {
        let search = parameter("q").unwrap_or_default().trim().chars().take(LONGEST_SEARCH).collect();
        Self { search, before: parameter("before").and_then(|number| number.parse().ok()) }
    }

    /// How many mails of this search came after that one.
    pub(super) fn newer_than(&self, number: u64, mailbox: &Mailbox) -> usize {
        mailbox.matching(&self.search).iter().take_while(|mail| mail.number > number).count()
    }

    fn href(&self, before: Option<u64>) -> String {
        let search =
            (!self.search.is_empty()).then(|| format!("q={}", utf8_percent_encode(&self.search, NON_ALPHANUMERIC)));
        let parameters: Vec<_> = search.into_iter().chain(before.map(|number| format!("before={number}"))).collect();
        let mark = if parameters.is_empty() { "" } else { "?" };
        format!("/mailbox{mark}{}", parameters.join("&"))
    }
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct Page<'page> {
    page: &'static str,
    url: &'page str,
    query: &'page Query,
    /// Of the search, on all pages.
    total: usize,
    rows: Vec<Row>,
    /// The newest mail's number, which the page's script asks after.
    newest: u64,
    first_href: String,
    older_href: Option<String>,
}

struct Row {
    id: String,
    from: String,
    envelope: String,
    /// The recipient's kind, where it is known: `Bcc`.
    kind: &'static str,
    to: String,
    cc: String,
    subject: String,
    firm: String,
    invoice: String,
    chips: Vec<Chip>,
    at: String,
    shown_at: String,
}

/// What happened, and how often.
#[derive(Debug, PartialEq, Eq)]
struct Chip {
    /// For the colour, which is never the only sign.
    color: &'static str,
    label: String,
    times: usize,
}

/// The page.
pub(super) fn page(
    mailbox: &Mailbox,
    query: &Query,
    keys: Option<&TokenKeys>,
    url: &str,
) -> Result<String, askama::Error> {
    let mails = mailbox.matching(&query.search);
    let newest = mails.first().map_or(0, |mail| mail.number);
    let mut rest = mails.iter().filter(|mail| query.before.is_none_or(|before| mail.number < before));
    let shown: Vec<_> = rest.by_ref().take(PAGE_ROWS).collect();
    let last = shown.last().map(|mail| mail.number);
    let older_href = rest.next().map(|_| query.href(last));
    Page {
        page: "mailbox",
        url,
        query,
        total: mails.len(),
        rows: shown.into_iter().map(|mail| row(mail, keys)).collect(),
        newest,
        first_href: query.href(None),
        older_href,
    }
    .render()
}

fn row(mail: &Mail, keys: Option<&TokenKeys>) -> Row {
    let shown = Shown::of(mail);
    let owner = owner(mail, keys);
    Row {
        id: mail.message_id.clone(),
        from: if shown.from.is_empty() { mail.from.clone() } else { people(&shown.from) },
        envelope: mail.envelope_to.join(", "),
        kind: owner.as_ref().map_or("", |key| super::kind(key.position.kind)),
        to: people(&shown.to),
        cc: people(&shown.cc),
        subject: mail.subject.clone(),
        firm: owner.as_ref().map(|key| key.firm.to_string()).unwrap_or_default(),
        invoice: owner.map(|key| key.invoice.to_string()).unwrap_or_default(),
        chips: chips(&mail.life.in_order()),
        at: clock::rfc3339(mail.accepted_at),
        shown_at: shown_at(mail.accepted_at),
    }
}

fn people(all: &[Person]) -> String {
    let one = |person: &Person| match person.name.as_str() {
        "" => person.address.clone(),
        name => name.to_owned(),
    };
    let more = all.len().saturating_sub(MOST_PEOPLE);
    let named = all.iter().take(MOST_PEOPLE).map(one).collect::<Vec<_>>().join(", ");
    if more == 0 { named } else { format!("{named} and {more} more") }
}

/// What happened in its order, each kind once.
fn chips(life: &[Happening]) -> Vec<Chip> {
    let mut chips: Vec<Chip> = Vec::new();
    for happening in life {
        let (color, label) = match &happening.what {
            What::Published { kind, .. } => (color(kind), kind.as_str()),
            What::Shown => ("opened", "Shown here"),
            What::Played(_) => ("queued", "Played here"),
        };
        match chips.iter_mut().find(|chip| chip.label == label) {
            Some(chip) => chip.times += 1,
            None => chips.push(Chip { color, label: label.to_owned(), times: 1 }),
        }
    }
    chips
}

/// The colour of an event of SES, named after the sent status that it leads to.
pub(super) fn color(kind: &str) -> &'static str {
    match kind {
        "Send" | "Delivery" => "sent",
        "Bounce" | "Reject" | "Rendering Failure" => "rejected",
        "Complaint" => "marked_spam",
        "DeliveryDelay" => "delayed",
        _ => "queued",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use jiff::Timestamp;

    fn query(search: &str, before: &str) -> Query {
        Query::read(|name| Some(if name == "q" { search } else { before }.to_owned()))
    }

    fn filled(count: usize) -> Mailbox {
        let mailbox = Mailbox::default();
        for number in 1..=count {
            mailbox.add(Mail {
                message_id: format!("id-{number}"),
                envelope_to: vec!["\"<b>\"@example.com".to_owned()],
                subject: format!("<script>alert({number})</script>"),
                raw: "From: \"<i>\" <a@b.example>\r\n\r\n".to_owned(),
                ..Mail::default()
            });
        }
        mailbox
    }

    #[test]
    fn a_page_is_bounded_and_leads_on() {
        let mailbox = filled(2 * PAGE_ROWS + 1);
        let page = |query: &Query| page(&mailbox, query, None, "http://127.0.0.1:9").unwrap();
        let first = page(&query("", ""));
        assert_eq!(first.matches("<time").count(), PAGE_ROWS);
        assert!(first.contains("href=\"/mailbox?before=102\""), "{first}");
        assert!(first.contains("201 mails"));
        let second = page(&query("", "102"));
        assert!(second.contains("href=\"/mailbox/id-101\"") && second.contains("href=\"/mailbox?before=2\""));
        let last = page(&query("", "2"));
        assert_eq!(last.matches("<time").count(), 1);
        assert!(!last.contains("before=1\""));
    }

    #[test]
    fn what_mails_and_searches_say_is_never_markup() {
        let mailbox = filled(1);
        let page = page(&mailbox, &query("<script>\"'", "x"), None, "http://127.0.0.1:9").unwrap();
        assert!(page.contains("value=\"&#60;script&#62;&#34;&#39;\""), "{page}");
        let page = super::page(&mailbox, &Query::default(), None, "http://127.0.0.1:9").unwrap();
        assert!(!page.contains("<script>") && !page.contains("<b>") && !page.contains("<i>"), "{page}");
        assert!(page.contains("&#60;script&#62;alert(1)"));
    }

    #[test]
    fn a_search_survives_paging_and_is_bounded() {
        assert_eq!(query("a&b ü", "").href(Some(7)), "/mailbox?q=a%26b%20%C3%BC&before=7");
        assert_eq!(query(&"x".repeat(9_000), "").search.len(), LONGEST_SEARCH);
        assert_eq!(query(" ", "-1"), Query::default());
        assert_eq!(query("alert(3", "").newer_than(2, &filled(4)), 1);
    }

    #[test]
    fn happenings_are_counted_in_their_order() {
        let happening = |what| Happening { at: Timestamp::UNIX_EPOCH, what };
        let bounce = || What::Published { kind: "Bounce".to_owned(), json: "{}".into() };
        let chips = chips(&[bounce(), What::Shown, bounce()].map(happening));
        let chip = |color, label: &str, times| Chip { color, label: label.to_owned(), times };
        assert_eq!(chips, [chip("rejected", "Bounce", 2), chip("opened", "Shown here", 1)]);
    }

    #[test]
    fn many_people_are_counted() {
        let person = |number| Person { name: String::new(), address: format!("p{number}@example.com") };
        let all: Vec<_> = (0..5).map(person).collect();
        assert_eq!(people(&all), "p0@example.com, p1@example.com, p2@example.com and 2 more");
    }
}
