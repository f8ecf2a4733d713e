//! How what is left of a recipient's fetches is written.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::outcome::{ByWhom, Outcome, Seen};
use domain::time::from_millisecond;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::TableError;

/// The attribute with what is left of fetches whose facts were deleted.
pub(crate) const OUTCOME: &str = "outcome";

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutcomeItem {
    #[serde(default)]
    opens: ByWhomItem,
    #[serde(default)]
    clicks: ByWhomItem,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    possibly_forwarded_at: Option<i64>,
    ruleset: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct ByWhomItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    human: Option<SeenItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    automatic: Option<SeenItem>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SeenItem {
    count: u64,
    first: i64,
    last: i64,
}

impl From<&Outcome> for OutcomeItem {
    fn from(outcome: &Outcome) -> Self {
        let seen = |seen: Seen| SeenItem {
            count: seen.count,
            first: seen.first.as_millisecond(),
            last: seen.last.as_millisecond(),
        };
        let by_whom =
            |by_whom: ByWhom| ByWhomItem { human: by_whom.human.map(seen), automatic: by_whom.automatic.map(seen) };
        Self {
            opens: by_whom(outcome.opens),
            clicks: by_whom(outcome.clicks),
            possibly_forwarded_at: outcome.possibly_forwarded_at.map(Timestamp::as_millisecond),
            ruleset: outcome.ruleset.as_str().to_owned(),
        }
    }
}

impl From<OutcomeItem> for Outcome {
    fn from(item: OutcomeItem) -> Self {
        let seen = |seen: SeenItem| Seen {
            count: seen.count,
            first: from_millisecond(seen.first),
            last: from_millisecond(seen.last),
        };
        let by_whom = |item: ByWhomItem| ByWhom { human: item.human.map(seen), automatic: item.automatic.map(seen) };
        Self {
            opens: by_whom(item.opens),
            clicks: by_whom(item.clicks),
            possibly_forwarded_at: item.possibly_forwarded_at.map(from_millisecond),
            // Of a later version than this one: it judged nonetheless.
            ruleset: item.ruleset.parse().unwrap_or_default(),
        }
    }
}

pub(crate) fn outcome_value(outcome: &Outcome) -> Result<AttributeValue, TableError> {
    to_attribute_value(OutcomeItem::from(outcome)).map_err(|error| TableError::item(error.to_string()))
}
