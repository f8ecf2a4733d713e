//! The one DynamoDB table: the only code that knows it.
//!
//! Every operation says how many requests it makes; none scans, none reads before it writes what a condition can
//! guard. A recipient's item holds its whole log, so that one event is one `UpdateItem` and the communications view
//! one `Query`. What is derived from the log (whether somebody should look at it) stands in sparse index keys only,
//! as a hint that the fold corrects; no status is ever stored.

mod append;
mod body;
mod change;
mod chore;
mod client;
mod digest;
mod error;
mod etag;
mod facts;
mod hit;
mod invoice;
mod item;
mod keys;
mod listed;
mod outbox;
mod outcome;
mod page;
mod read;
mod redact;
mod settings;
mod settle;
mod skipped;
mod submit;
mod suppression;
mod totals;
mod update;

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;

pub use change::{Change, SequenceNumber};
pub use chore::{ChoreKey, Progress};
pub use client::{ClientPage, Corrected, Saving};
pub use domain::message::Body;
pub use error::TableError;
pub use etag::{Expected, Tagged, Written};
pub use invoice::{AccountInvoice, AccountPage, AccountPlace, NewPayment, Paid, Told};
pub use keys::{DUE_SHARDS, Place};
pub use outbox::{Claim, Due, DuePage, DuePlace, Redrive, parse_stream_keys};
pub use page::PageContent;
pub use read::{History, Page, Selection, Span, WholeSend};
pub use submit::{IdempotencyRecord, NewSend, Once, Preparation, Prepared, RecentSend, Submitted, past_items};
pub use suppression::{Listed, Suppression, SuppressionPage};
pub use totals::{Counting, MAX_COUNTERS, number_of_counters};

/// The index of a firm's recipients by month and time.
pub const REPORT_INDEX: &str = "report";
/// The sparse index of what somebody should look at, by firm and time.
pub const ATTENTION_INDEX: &str = "attention";
/// The sparse index of what must be looked at again at a certain time, by shard.
pub const DUE_INDEX: &str = "due";
/// The sparse index of recipients that are neither sent nor opened, in the order of the report.
pub const RARE_INDEX: &str = "rare";
/// The index of recipients by client, in the order of the report.
pub const CLIENT_INDEX: &str = "client";
/// The index of recipients by address, in the order of the report.
pub const ADDRESS_INDEX: &str = "address";
/// The index of recipients by SES message id.
pub const MESSAGE_INDEX: &str = "message";

/// The sparse index of a client's invoices, by the day on them.
pub const ACCOUNT_INDEX: &str = "account";

/// The table.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: String,
}

impl Table {
    /// The table of that name, reached as the configuration says.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self { client: Client::new(config), name: name.into() }
    }
}
