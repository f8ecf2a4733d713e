//! The report as CSV: RFC 4180, UTF-8, a header line, CRLF, and no cell that a spreadsheet takes for a formula.

use std::borrow::Cow;

use csv::{Terminator, WriterBuilder};

use crate::rows::Row;

/// The columns, which are the fields of a row in JSON.
const COLUMNS: [&str; 20] = [
    "invoice",
    "number",
    "client",
    "client_name",
    "recipient",
    "kind",
    "address",
    "subject",
    "submitted_at",
    "sent_status",
    "status_at",
    "evidence",
    "opens",
    "automatic_opens",
    "clicks",
    "automatic_clicks",
    "last_opened_at",
    "reason",
    "next_action",
    "send",
];

/// The rows as a file.
///
/// # Errors
/// Writing to memory and in equal lengths does not fail; if it did, it would be a defect of ours.
pub fn file(rows: &[Row]) -> Result<String, csv::Error> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(cells(row).iter().map(|cell| cell.as_bytes()))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn cells(row: &Row) -> [Cow<'_, str>; COLUMNS.len()] {
    fn maybe(text: &Option<String>) -> Cow<'_, str> {
        harmless(text.as_deref().unwrap_or_default())
    }
    fn count<'a>(count: u64) -> Cow<'a, str> {
        Cow::Owned(count.to_string())
    }
    [
        harmless(&row.invoice),
        maybe(&row.number),
        maybe(&row.client),
        maybe(&row.client_name),
        harmless(&row.recipient),
        harmless(row.kind),
        harmless(&row.address),
        harmless(&row.subject),
        harmless(&row.submitted_at),
        harmless(row.sent_status),
        harmless(&row.status_at),
        harmless(row.evidence),
        count(row.opens),
        count(row.automatic_opens),
        count(row.clicks),
        count(row.automatic_clicks),
        maybe(&row.last_opened_at),
        maybe(&row.reason),
        harmless(row.next_action.unwrap_or_default()),
        harmless(&row.send),
    ]
}

/// A text that no spreadsheet computes: what begins as a formula does gets an apostrophe before it. The full-width
/// forms of the signs count too where the program's language has them.
/// <https://owasp.org/www-community/attacks/CSV_Injection>
fn harmless(text: &str) -> Cow<'_, str> {
    const SIGNS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(SIGNS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rows::tests::{at, recipient};
    use domain::fold::fold;

    fn row() -> Row {
        let recipient = recipient("1042");
        Row::of(&recipient, &fold(&recipient, at("2026-11-21T10:00:00Z")))
    }

    #[test]
    fn the_columns_are_the_fields_of_the_json() {
        let row = serde_json::to_string(&row()).unwrap();
        // Each name stands in the row, and in this order.
        let places: Vec<usize> = COLUMNS.iter().map(|name| row.find(&format!("\"{name}\":")).unwrap()).collect();
        assert!(places.is_sorted());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&row).unwrap().as_object().unwrap().len(), COLUMNS.len());
    }

    #[test]
    fn a_file_is_as_rfc_4180_says() {
        let mut row = row();
        row.number = None;
        row.client_name = Some("Roe, \"Bob\" & Söhne".to_owned());
        row.subject = "two\r\nlines".to_owned();
        let file = file(&[row.clone()]).unwrap();
        let header = "invoice,number,client,client_name,recipient,kind,address,subject,submitted_at,sent_status,status_at,\
                      evidence,opens,automatic_opens,clicks,automatic_clicks,last_opened_at,reason,next_action,send\r\n";
        let line = format!(
            "1042,,client-7,\"Roe, \"\"Bob\"\" & Söhne\",to:0,to,ann@example.com,\"two\r\nlines\",\
             2026-11-21T10:00:00.000Z,queued,2026-11-21T10:00:00.000Z,none,0,0,0,0,,,,{}\r\n",
            row.send
        );
        assert_eq!(file, format!("{header}{line}"));
    }

    #[test]
    fn an_empty_page_has_its_header() {
        assert_eq!(file(&[]).unwrap().matches("\r\n").count(), 1);
    }

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=HYPERLINK(\"http://x\",\"y\")"] {
            let mut row = row();
            row.invoice = bad.to_owned();
            row.number = Some(bad.to_owned());
            row.client = Some(bad.to_owned());
            row.client_name = Some(bad.to_owned());
            row.address = bad.to_owned();
            row.subject = bad.to_owned();
            row.reason = Some(bad.to_owned());
            let file = file(&[row]).unwrap();
            let mut reader = csv::Reader::from_reader(file.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            for column in [0, 1, 2, 3, 6, 7, 17] {
                assert_eq!(&record[column], &format!("'{bad}"), "column {column}");
            }
            assert_eq!(&record[12], "0");
        }
        assert_eq!(harmless("Invoice = 1"), "Invoice = 1");
    }
}
