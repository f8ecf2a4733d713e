//! Answers of the API that no test could wait for: many pages, and what is rarely so.

use serde_json::{Value, json};
use tests::browser::{Locator, Page, Reply};

use super::{ROWS, SUMMARY};

/// Rows of a full page.
pub(super) const PAGE_ROWS: usize = 100;

/// The e-mail that stands at a place of the list, from 0.
pub(super) fn row(place: usize) -> Value {
    json!({
        "invoice": format!("{place}"), "number": format!("No. {place}"), "client": "client-7", "client_name": "Acme",
        "recipient": "to:0", "kind": "to", "address": address(place), "subject": format!("Invoice {place}"),
        "submitted_at": "2026-11-21T10:00:00.000Z", "sent_status": "sent", "status_at": "2026-11-21T10:00:02.000Z",
        "evidence": "delivered", "opens": 0, "automatic_opens": 0, "clicks": 0, "automatic_clicks": 0,
        "last_opened_at": null, "reason": null, "next_action": null,
        "send": send(place),
    })
}

/// Whom that e-mail went to.
pub(super) fn address(place: usize) -> String {
    format!("person{place}@example.com")
}

/// The row of that e-mail, found quickly among thousands of elements.
pub(super) fn shown(page: &Page, place: usize) -> Locator<'_> {
    page.css(&format!("tr[data-key='{}-to-0']", send(place)))
}

// Ids sort by time, and the list begins with the newest.
fn send(place: usize) -> String {
    format!("{:08}", 10_000_000 - place)
}

/// The same row with some of its fields changed.
pub(super) fn row_with(place: usize, fields: Value) -> Value {
    let mut row = row(place);
    row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    row
}

/// What the API answers with these rows.
pub(super) fn answer(rows: &[Value], next: Option<&str>) -> Reply {
    Reply::json(&json!({ "rows": rows, "next_cursor": next }))
}

/// The cursor of a page, from 1.
pub(super) fn cursor(page: usize) -> String {
    format!("page-{page:03}")
}

/// The part of a URL that asks for that page.
pub(super) fn asks_for(page: usize) -> String {
    format!("cursor={}", cursor(page))
}

/// A page of the list, of which there are so many in all.
pub(super) fn page_of(page: usize, pages: usize) -> Reply {
    let rows: Vec<Value> = (page * PAGE_ROWS..(page + 1) * PAGE_ROWS).map(row).collect();
    let next = (page + 1 < pages).then(|| cursor(page + 1));
    answer(&rows, next.as_deref())
}

/// Lets the API answer with so many full pages, and with totals that fit them.
pub(super) async fn list(page: &Page, pages: usize) {
    totals(page, pages * PAGE_ROWS).await;
    page.intercept(ROWS, page_of(0, pages)).await;
    for number in 1..pages {
        page.intercept(&asks_for(number), page_of(number, pages)).await;
    }
}

/// Lets the API count so many e-mails, all of one day and sent.
pub(super) async fn totals(page: &Page, count: usize) {
    let counts = json!({
        "recipients": count, "queued": 0, "sent": count, "rejected": 0, "delayed": 0, "marked_spam": 0, "opened": 0,
    });
    let mut day = counts.clone();
    day["day"] = json!("2026-11-21");
    let summary = json!({ "from": "2026-11-21", "to": "2026-11-21", "total": counts, "days": [day] });
    page.intercept(SUMMARY, Reply::json(&summary)).await;
}
