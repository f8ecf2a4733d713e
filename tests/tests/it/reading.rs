//! Reading: many people, many sends, page by page, and as a table for a spreadsheet.

use serde_json::{Value, json};
use tests::{Firm, System, api, recipient};

const REPORT: &str = "/v1/reports/invoice-emails";

/// All rows behind a path that has a query, page by page; no page is larger than the limit.
async fn all_pages(firm: &Firm, path: &str, limit: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut cursor = String::new();
    for _ in 0..100 {
        let page = firm.get(&format!("{path}&limit={limit}{cursor}")).await.expect(200);
        let page_rows = api::rows(&page);
        assert!(page_rows.len() <= limit, "{} rows", page_rows.len());
        rows.extend(page_rows);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
    panic!("the pages of {path} do not end");
}

fn texts<'a>(rows: &'a [Value], field: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[field].as_str().unwrap()).collect()
}

#[tokio::test]
async fn fifty_people_are_one_send() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let people =
        |kind: &str, count: usize| -> Vec<String> { (0..count).map(|n| format!("{kind}{n}@example.com")).collect() };
    let body = json!({ "to": people("to", 20), "cc": people("cc", 20), "bcc": people("bcc", 10), "subject": "Fifty" });
    firm.send("1", body).await;
    let history = firm.history_with("1", "delivered").await;
    let recipients = history["sends"][0]["recipients"].as_array().unwrap();
    let expected: Vec<String> = [("to", 20), ("cc", 20), ("bcc", 10)]
        .into_iter()
        .flat_map(|(kind, count)| (0..count).map(move |number| format!("{kind}:{number}")))
        .collect();
    assert_eq!(texts(recipients, "recipient"), expected, "To, Cc, Bcc, each in the order given: 10 comes after 9");
    for one in recipients {
        let position = one["recipient"].as_str().unwrap();
        let (kind, index) = position.split_once(':').unwrap();
        assert_eq!(one["address"], format!("{kind}{index}@example.com"));
        assert_eq!(one["kind"], kind);
    }
    assert_eq!(system.mailbox().await.len(), 50);
    assert_eq!(all_pages(&firm, &format!("{REPORT}?status=sent"), 7).await.len(), 50);
}

#[tokio::test]
async fn pages_show_each_row_once_newest_first() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for number in 0..7 {
        firm.send_to(&format!("{number}"), &format!("p{number}@example.com")).await;
    }
    for number in 0..7 {
        firm.history_with(&format!("{number}"), "delivered").await;
    }
    for limit in [1, 3, 7, 1000] {
        let rows = all_pages(&firm, &format!("{REPORT}?"), limit).await;
        assert_eq!(texts(&rows, "invoice"), ["6", "5", "4", "3", "2", "1", "0"], "limit {limit}");
    }
    let today = &firm.report("").await[0]["submitted_at"].as_str().unwrap()[..10].to_owned();
    let rows = all_pages(&firm, &format!("{REPORT}?from={today}&to={today}"), 3).await;
    assert_eq!(rows.len(), 7, "`to` is inclusive");
    assert_eq!(firm.report("?from=2025-01-01&to=2025-12-31").await.len(), 0);
    let across = all_pages(&firm, &format!("{REPORT}?from=2026-07-15&to={today}"), 2).await;
    assert_eq!(across.len(), 7, "empty months before it cost nothing but patience");
}

#[tokio::test]
async fn filters_find_what_they_name() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for (invoice, client, to) in [
        ("1", "acme", "Ann@Example.com"),
        ("2", "acme", "bounce@simulator.amazonses.com; bob@example.com"),
        ("3", "umbrella", "delayed@local.test"),
        ("4", "umbrella", "complaint@simulator.amazonses.com; ann@example.com"),
    ] {
        firm.send(invoice, json!({ "to": to, "subject": "Filters", "facts": { "client": client } })).await;
    }
    for (invoice, sent_status) in [("1", "sent"), ("2", "rejected"), ("3", "delayed"), ("4", "marked_spam")] {
        firm.history_when(invoice, sent_status, |history| {
            let delivered = history["sends"][0]["recipients"].as_array().is_some_and(|all| {
                all.iter().all(|one| one["evidence"] == "delivered" || one["sent_status"] != "sent")
            });
            history["sent_status"] == sent_status && delivered
        })
        .await;
    }
    let mail = system.mail("Filters", "bob@example.com").await;
    system.as_browser(&mail.pixel()).await;
    for (query, expected) in [
        ("client=acme", vec!["2 bob@example.com", "2 bounce@simulator.amazonses.com", "1 Ann@example.com"]),
        ("client=nobody", vec![]),
        ("invoice=3", vec!["3 delayed@local.test"]),
        ("invoice=33", vec![]),
        ("recipient=ANN@example.COM", vec!["4 ann@example.com", "1 Ann@example.com"]),
        ("recipient=nobody@example.com", vec![]),
        ("status=rejected,delayed", vec!["3 delayed@local.test", "2 bounce@simulator.amazonses.com"]),
        ("status=marked_spam", vec!["4 complaint@simulator.amazonses.com"]),
        ("status=opened", vec!["2 bob@example.com"]),
        ("status=sent&client=acme", vec!["1 Ann@example.com"]),
        ("status=queued", vec![]),
        ("recipient=ann@example.com&client=acme&status=sent&invoice=1", vec!["1 Ann@example.com"]),
    ] {
        for limit in [1, 100] {
            let mut found: Vec<String> = all_pages(&firm, &format!("{REPORT}?{query}"), limit)
                .await
                .iter()
                .map(|row| format!("{} {}", row["invoice"].as_str().unwrap(), row["address"].as_str().unwrap()))
                .collect();
            // Within one send the order of recipients is not promised.
            let mut expected = expected.clone();
            assert!(found.iter().map(|row| &row[..1]).is_sorted_by(|one, other| one >= other), "{query}: {found:?}");
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{query}, limit {limit}");
        }
    }
    let queue = all_pages(&firm, "/v1/attention?", 1).await;
    assert_eq!(queue.len(), 3, "rejected, delayed, marked as spam");
    assert!(texts(&queue, "since").is_sorted(), "oldest first: {queue:#?}");
}

#[tokio::test]
async fn a_long_history_goes_on_where_it_stopped() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mut sends = Vec::new();
    for _ in 0..53 {
        sends.insert(0, firm.send_to("1", "accepted@local.test").await);
    }
    let first = firm.history("1").await;
    let second =
        firm.get(&format!("/v1/invoices/1/emails?cursor={}", first["next_cursor"].as_str().unwrap())).await.expect(200);
    let of =
        |page: &Value| texts(page["sends"].as_array().unwrap(), "send").iter().map(|send| (*send).to_owned()).collect();
    let (first_sends, second_sends): (Vec<String>, Vec<String>) = (of(&first), of(&second));
    assert_eq!((first_sends.len(), second_sends.len()), (50, 3));
    assert_eq!([first_sends, second_sends].concat(), sends, "latest first, each once");
    assert_eq!(second["next_cursor"], Value::Null);

    let mut cursor = String::new();
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..6 {
        let page = firm.get(&format!("/v1/invoices/1/emails?limit=10{cursor}")).await.expect(200);
        seen.extend::<Vec<String>>(of(&page));
        cursor = page["next_cursor"].as_str().map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    assert_eq!((seen, cursor.as_str()), (sends, ""));
}

#[tokio::test]
async fn an_invoice_that_was_never_mailed_has_an_empty_history() {
    let system = System::start().await;
    let history = system.firm("roe").history("never").await;
    assert_eq!(history["sends"], json!([]));
    assert_eq!((&history["sent_status"], &history["next_cursor"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_spreadsheet_runs_nothing_and_reads_every_page() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let evil = ["=HYPERLINK(\"https://evil.example\")", "+1+1", "-1+1", "@SUM(A1)", "a \"quote\", a comma"];
    for (number, name) in evil.iter().enumerate() {
        let facts = json!({ "number": number.to_string(), "client_name": name });
        firm.send(&format!("{number}"), json!({ "to": "ann@example.com", "subject": name, "facts": facts })).await;
    }
    let mut path = format!("{REPORT}?format=csv&limit=4");
    let mut names = Vec::new();
    for page in 0.. {
        let answer = firm.get(&path).await;
        let text = answer.text();
        assert!(text.contains("\r\n") && !text.replace("\r\n", "").contains('\n'), "RFC 4180: {text}");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let column = reader.headers().unwrap().iter().position(|name| name == "client_name").unwrap();
        for record in reader.records() {
            let record = record.unwrap();
            assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{record:?}");
            names.push(record[column].to_owned());
        }
        let Some(next) = answer.header("link").split_once("; rel=\"next\"") else { break };
        let here: reqwest::Url = format!("{}{path}", system.url()).parse().unwrap();
        let next = here.join(next.0.trim_start_matches('<').trim_end_matches('>')).unwrap();
        path = next.as_str().strip_prefix(&system.url()).expect("a page of our own").to_owned();
        assert!(page < 3, "the pages end");
    }
    assert_eq!(names.len(), evil.len());
    assert_eq!(names[0], "a \"quote\", a comma");
    let by_header = firm.request(reqwest::Method::GET, REPORT).header("accept", "text/csv");
    let answer = tests::Answer::of(by_header).await;
    assert!(answer.header("content-type").starts_with("text/csv"));
    let first_line = answer.text().lines().next().unwrap().to_owned();
    let columns = "invoice,number,client,client_name,recipient,kind,address,subject,submitted_at,sent_status,status_at,\
                   evidence,opens,automatic_opens,clicks,automatic_clicks,last_opened_at,reason,next_action,send";
    assert_eq!(first_line, columns);
}

#[tokio::test]
async fn days_are_those_of_the_time_zone() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.send_to("1", "ann@example.com").await;
    let history = firm.history_with("1", "delivered").await;
    let submitted: jiff::Timestamp = history["sends"][0]["submitted_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(recipient(&history, "to:0")["kind"], "to");
    // The two ends of the world: their days differ whatever the hour.
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        let day = submitted.in_tz(zone).unwrap().date();
        let (before, after) = (day.yesterday().unwrap(), day.tomorrow().unwrap());
        for (from, to, rows) in [(day, day, 1), (before, before, 0), (after, after, 0), (before, after, 1)] {
            let query = format!("?from={from}&to={to}&timezone={zone}");
            assert_eq!(firm.report(&query).await.len(), rows, "{query}");
            let summary = firm.get(&format!("{REPORT}/summary{query}")).await.expect(200);
            assert_eq!(summary["total"]["recipients"], rows, "{query}");
            assert_eq!((&summary["from"], &summary["to"]), (&json!(from.to_string()), &json!(to.to_string())));
        }
    }
}
