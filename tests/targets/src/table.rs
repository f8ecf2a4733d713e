//! What stands for DynamoDB: it gives out the items that it was told of, takes every write without keeping it, and
//! remembers what it was asked.
//!
//! A target must be the same function of its input whatever ran before, so that a finding can be repeated; a table that
//! keeps what was written would not be.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// One request to the table: the operation's name and its JSON.
pub(crate) type Asked = (String, Value);

/// The stand-in; it ends with the process.
pub(crate) struct Stand {
    pub(crate) endpoint: String,
    said: Arc<Mutex<Said>>,
}

struct Said {
    items: Vec<Value>,
    asked: Vec<Asked>,
}

impl Stand {
    /// Listens on loopback.
    pub(crate) fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
        let endpoint = format!("http://{}", listener.local_addr().expect("the port that was bound"));
        let said = Arc::new(Mutex::new(Said { items: Vec::new(), asked: Vec::new() }));
        let shared = Arc::clone(&said);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let said = Arc::clone(&shared);
                // Whoever closes a connection ends it.
                std::thread::spawn(move || while serve(&connection, &said).is_some() {});
            }
        });
        Self { endpoint, said }
    }

    /// From now on holds these items, and has been asked nothing.
    pub(crate) fn hold(&self, items: Vec<Value>) {
        *self.said.lock().expect("no thread panics with it") = Said { items, asked: Vec::new() };
    }

    /// What was asked since.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.said.lock().expect("no thread panics with it").asked.clone()
    }
}

/// Answers one request of HTTP/1.1.
fn serve(mut connection: &TcpStream, said: &Mutex<Said>) -> Option<()> {
    let mut reader = BufReader::new(connection);
    let (mut length, mut operation) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line == "\r\n" {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "x-amz-target" => operation = value.rsplit('.').next()?.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let answer = {
        let mut said = said.lock().ok()?;
        let request = serde_json::from_slice(&body).unwrap_or_default();
        let answer = answer(&said.items, &operation, &request).to_string();
        said.asked.push((operation, request));
        answer
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length:";
    connection.write_all(format!("{head} {}\r\n\r\n{answer}", answer.len()).as_bytes()).ok()
}

/// The answer of a table that holds these items, as far as the items' own keys decide.
fn answer(items: &[Value], operation: &str, request: &Value) -> Value {
    let of = |key: &Value| items.iter().find(|item| item["pk"] == key["pk"] && item["sk"] == key["sk"]);
    match operation {
        "GetItem" => of(&request["Key"]).map_or(json!({}), |item| json!({ "Item": item })),
        "UpdateItem" => of(&request["Key"]).map_or(json!({}), |item| json!({ "Attributes": item })),
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            let found = tables.map(|(table, wanted)| {
                let keys = wanted["Keys"].as_array().into_iter().flatten();
                (table.clone(), keys.filter_map(of).cloned().collect())
            });
            json!({ "Responses": found.collect::<serde_json::Map<_, _>>() })
        }
        "Query" => {
            let partition = &request["ExpressionAttributeValues"][":pk"];
            // In an invoice's own partition only its sends are listed.
            let of_sends =
                request["IndexName"].is_null() && partition["S"].as_str().is_some_and(|pk| pk.starts_with("invoice#"));
            let is_in = |item: &&Value| {
                let mut attributes = item.as_object().into_iter().flatten();
                let is_send = item["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("send#"));
                attributes.any(|(name, value)| name.ends_with("pk") && value == partition) && (is_send || !of_sends)
            };
            json!({ "Items": items.iter().filter(is_in).collect::<Vec<_>>() })
        }
        _ => json!({}),
    }
}

/// What the partition keys of a firm's items and indexes begin with.
const OF_A_FIRM: [&str; 13] = [
    "account",
    "address",
    "attention",
    "chore",
    "client",
    "clients",
    "idempotency",
    "invoice",
    "rare",
    "report",
    "settings",
    "suppression",
    "totals",
];

/// Panics if a request reads or writes a partition of another firm.
pub(crate) fn stays_within(firm: &str, asked: &[Asked]) {
    for (operation, request) in asked {
        let mut keys = Vec::new();
        partition_keys(request, &mut keys);
        assert!(!keys.is_empty(), "{operation} names no partition: {request}");
        for key in keys {
            let mut parts = key.split('#');
            let (kind, of) = (parts.next().unwrap_or_default(), parts.next());
            assert!(!OF_A_FIRM.contains(&kind) || of == Some(firm), "{operation} of {firm} goes to {key}");
        }
    }
}

/// The values of attributes, and of an expression's placeholders, whose names end in `pk`.
fn partition_keys<'a>(value: &'a Value, keys: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner["S"].as_str() {
                    Some(text) if name.ends_with("pk") => keys.push(text),
                    _ => partition_keys(inner, keys),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| partition_keys(value, keys)),
        _ => {}
    }
}
