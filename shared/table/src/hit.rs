//! Recording fetches of the pixel and of links: one `UpdateItem`, whatever was recorded before.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::evidence::HitKind;
use domain::ids::RecipientKey;
use domain::log::{Hit, HitClass, MAX_HITS};

use crate::item::{TallyNames, hit_line};
use crate::outcome::OUTCOME;
use crate::update::{Update, Updated};
use crate::{Table, TableError};

/// An index behind any list: DynamoDB appends what is set beyond a list's end.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html>
const BEYOND_THE_END: usize = 1_000_000;

impl Table {
    /// Records a fetch, unless nothing more shall be known of the recipient's; `false` if there is no such recipient. One
    /// `UpdateItem`.
    ///
    /// The list of fetches is bounded without reading it: each update appends one element and removes the element at
    /// place [`MAX_HITS`], if there is one. Actions see the item as it was before the update, so the list ends with one
    /// element above the bound, the latest, which is not read. Beyond the bound the class's count goes on, and its first
    /// and last fetch stay true.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn hit(&self, key: &RecipientKey, kind: HitKind, hit: Hit) -> Result<bool, TableError> {
        let prefix = match kind {
            HitKind::Open => "opens",
            HitKind::Click => "clicks",
        };
        let line = || AttributeValue::S(hit_line(&hit));
        let tally = TallyNames::of(prefix, HitClass::of(hit.facts));
        let mut update = Update::default();
        let (list, value) = (update.name(prefix), update.value(line()));
        update.set_expression(format!("{list}[{BEYOND_THE_END}] = {value}"));
        update.remove_expression(format!("{list}[{MAX_HITS}]"));
        update.add(&tally.count, 1);
        update.set_if_missing(&tally.first, line());
        update.set(&tally.last, line());
        let condition = format!("attribute_exists(pk) AND attribute_not_exists({OUTCOME})");
        match self.update(key, update, &condition, ReturnValue::None).await? {
            Updated::Done(_) => Ok(true),
            Updated::Unmet(there) => Ok(there.is_some()),
        }
    }
}
