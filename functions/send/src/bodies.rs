//! Bodies of sends, read once per batch however many recipients share one.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{Invoice, RecipientKey, SendId};
use table::{Body, Table, TableError};
use tokio::sync::{Mutex, OnceCell};

/// A send, within whatever firm has it: a send's id is unique.
type Place = (Invoice, SendId);

/// A body that is read once, by whoever asks first; nothing if the send has none.
type Cell = Arc<OnceCell<Option<Arc<Body>>>>;

#[derive(Debug, Default)]
pub(crate) struct Bodies(Mutex<BTreeMap<Place, Cell>>);

impl Bodies {
    /// The body of a recipient's send.
    pub(crate) async fn get(&self, table: &Table, key: &RecipientKey) -> Result<Option<Arc<Body>>, TableError> {
        let cell = Arc::clone(self.0.lock().await.entry((key.invoice.clone(), key.send)).or_default());
        let body = cell
            .get_or_try_init(|| async { Ok(table.body(&key.firm, &key.invoice, key.send).await?.map(Arc::new)) })
            .await?;
        Ok(body.clone())
    }
}
