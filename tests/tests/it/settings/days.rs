//! A report's days are the firm's, unless the query names a zone.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use tests::{Firm, System, until};

use super::set_up;

/// A day ahead of [`WEST`] and an hour more, so that it is never the same day in both.
const EAST: &str = "Pacific/Kiritimati";
const WEST: &str = "Pacific/Pago_Pago";
const REPORT: &str = "/v1/reports/invoice-emails";

/// E-mails an invoice; its day in the east and in the west.
async fn sent(firm: &Firm, invoice: &str) -> [Date; 2] {
    let body = json!({ "to": "ann@example.com", "subject": "Days" });
    let at: Timestamp = firm.send(invoice, body).await["submitted_at"].as_str().unwrap().parse().unwrap();
    [EAST, WEST].map(|zone| at.in_tz(zone).unwrap().date())
}

/// How many rows a day has in the report, in its file and in the summary, which agree.
async fn rows_of(firm: &Firm, day: Date, more: &str) -> usize {
    let query = format!("?from={day}&to={day}{more}");
    let rows = firm.report(&query).await.len();
    let file = firm.get(&format!("{REPORT}{query}&format=csv")).await;
    assert_eq!(file.status, 200);
    assert_eq!(csv::Reader::from_reader(file.body.as_slice()).records().count(), rows, "{query}");
    until(&format!("summary {query}"), async || {
        let summary = firm.get(&format!("{REPORT}/summary{query}")).await.expect(200);
        let same = summary["total"]["recipients"] == rows && summary["days"][0]["day"] == day.to_string();
        if same { Ok(()) } else { Err(summary.to_string()) }
    })
    .await;
    rows
}

#[tokio::test]
async fn an_e_mail_of_now_falls_on_the_firms_own_day() {
    let system = System::start().await;
    for (name, zone, own) in [("east", EAST, 0), ("west", WEST, 1)] {
        let firm = system.firm(name);
        set_up(&firm, &json!({ "timezone": zone })).await;
        let days = sent(&firm, "1").await;
        assert_eq!(rows_of(&firm, days[own], "").await, 1, "{name}");
        assert_eq!(rows_of(&firm, days[1 - own], "").await, 0, "{name}");
        // A zone in the query wins.
        for (query_zone, theirs) in [(EAST, 0), (WEST, 1)] {
            let more = format!("&timezone={query_zone}");
            assert_eq!(rows_of(&firm, days[theirs], &more).await, 1, "{name} {query_zone}");
            assert_eq!(rows_of(&firm, days[1 - theirs], &more).await, 0, "{name} {query_zone}");
        }
    }
}

#[tokio::test]
async fn the_last_days_end_with_the_firms_today() {
    let system = System::start().await;
    for (name, zone, own) in [("east", EAST, 0), ("west", WEST, 1)] {
        let firm = system.firm(name);
        set_up(&firm, &json!({ "timezone": zone })).await;
        // Midnight may pass between the send and the look at the report.
        until("the firm's today", async || {
            let today = sent(&firm, "1").await[own];
            let file = firm.get(&format!("{REPORT}?format=csv")).await;
            let name = file.header("content-disposition").to_owned();
            let summary = firm.get(&format!("{REPORT}/summary")).await.expect(200);
            let says = name.ends_with(&format!("-{today}.csv\"")) && summary["to"] == today.to_string();
            if says { Ok(()) } else { Err(format!("{name} {summary}")) }
        })
        .await;
    }
}

#[tokio::test]
async fn later_pages_keep_the_days_of_the_first_though_the_firm_moves() {
    let system = System::start().await;
    let firm = system.firm("roe");
    set_up(&firm, &json!({ "timezone": EAST })).await;
    let mut days = Vec::new();
    for invoice in ["1", "2", "3"] {
        days.push(sent(&firm, invoice).await[0]);
    }
    let (from, to) = (days[0], days[2]);
    let path = format!("{REPORT}?from={from}&to={to}&limit=1");
    let mut page = firm.get(&path).await.expect(200);
    set_up(&firm, &json!({ "timezone": WEST })).await;
    let mut seen = vec![page["rows"][0]["invoice"].clone()];
    while let Some(cursor) = page["next_cursor"].as_str() {
        page = firm.get(&format!("{path}&cursor={cursor}")).await.expect(200);
        seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row["invoice"].clone()));
    }
    assert_eq!(seen, [json!("3"), json!("2"), json!("1")]);
}
