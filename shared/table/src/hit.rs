//! Recording fetches of the pixel and of links: one `UpdateItem`, whatever was recorded before.
//!
//! A fetch shows that the mail is there, which may end the wish that somebody look at a recipient that seemed to wait,
//! or to be lost. So the update asks that the recipient not stand in the work queue's index; for those few who do a second one
//! follows, which takes them out if the whole log says so.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::evidence::HitKind;
use domain::fold::{View, fold};
use domain::ids::RecipientKey;
use domain::log::{Hit, HitClass, MAX_HITS};
use domain::recipient::Recipient;

use crate::item::{self, TallyNames, hit_line};
use crate::outcome::OUTCOME;
use crate::update::{Update, Updated};
use crate::{Table, TableError};

/// An index behind any list: DynamoDB appends what is set beyond a list's end.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html>
const BEYOND_THE_END: usize = 1_000_000;

impl Table {
    /// Records a fetch, unless nothing more shall be known of the recipient's; `false` if there is no such recipient. One
    /// `UpdateItem`, or two if somebody should look at the recipient, and a third if an event came between them.
    ///
    /// The list of fetches is bounded without reading it: each update appends one element and removes the element at
    /// place [`MAX_HITS`], if there is one. Actions see the item as it was before the update, so the list ends with one
    /// element above the bound, the latest, which is not read. Beyond the bound the class's count goes on, and its first
    /// and last fetch stay true.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn hit(&self, key: &RecipientKey, kind: HitKind, hit: Hit) -> Result<bool, TableError> {
        let not_in_queue = " AND attribute_not_exists(attention_pk)";
        let item = match self.append_hit(key, hit_update(kind, &hit), not_in_queue).await? {
            Updated::Done(_) => return Ok(true),
            Updated::Unmet(None) => return Ok(false),
            Updated::Unmet(Some(item)) if item.contains_key(OUTCOME) => return Ok(true),
            Updated::Unmet(Some(item)) => item,
        };
        // Who cannot be read is nobody's business here: the fetch is recorded all the same.
        if let Ok(recipient) = item::recipient(item) {
            let view = view_with(&recipient, kind, hit);
            if view.attention_since.is_none() {
                let mut update = hit_update(kind, &hit);
                update.attention(key, None);
                update.rare(key, view.rare);
                let log = update.name("events");
                let length = update.value(AttributeValue::N(recipient.log.events().count().to_string()));
                // Whoever has appended an event meanwhile sees to the index.
                let as_read = format!(" AND size({log}) = {length}");
                if let Updated::Done(_) = self.append_hit(key, update, &as_read).await? {
                    return Ok(true);
                }
            }
        }
        match self.append_hit(key, hit_update(kind, &hit), "").await? {
            Updated::Done(_) => Ok(true),
            Updated::Unmet(there) => Ok(there.is_some()),
        }
    }

    async fn append_hit(&self, key: &RecipientKey, update: Update, besides: &str) -> Result<Updated, TableError> {
        let condition = format!("attribute_exists(pk) AND attribute_not_exists({OUTCOME}){besides}");
        self.update(key, update, &condition, ReturnValue::None).await
    }
}

fn hit_update(kind: HitKind, hit: &Hit) -> Update {
    let prefix = match kind {
        HitKind::Open => "opens",
        HitKind::Click => "clicks",
    };
    let line = || AttributeValue::S(hit_line(hit));
    let tally = TallyNames::of(prefix, HitClass::of(hit.facts));
    let mut update = Update::default();
    let (list, value) = (update.name(prefix), update.value(line()));
    update.set_expression(format!("{list}[{BEYOND_THE_END}] = {value}"));
    update.remove_expression(format!("{list}[{MAX_HITS}]"));
    update.add(&tally.count, 1);
    update.set_if_missing(&tally.first, line());
    update.set(&tally.last, line());
    update
}

/// What the log says with the fetch in it.
fn view_with(recipient: &Recipient, kind: HitKind, hit: Hit) -> View {
    let mut recipient = recipient.clone();
    recipient.log.hits_mut(kind).add(hit);
    fold(&recipient, hit.at)
}
