//! Bodies of sends, read once per batch however many recipients share one.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{Firm, Invoice, RecipientKey, SendId};
use table::{Body, Table};
use tokio::sync::{Mutex, OnceCell};

use crate::RecipientError;

/// A send.
type Place = (Firm, Invoice, SendId);

/// A body that is read once, by whoever asks first.
type Cell = Arc<OnceCell<Arc<Body>>>;

#[derive(Debug, Default)]
pub(crate) struct Bodies(Mutex<BTreeMap<Place, Cell>>);

impl Bodies {
    /// The body of a recipient's send; what could not be read is read again when the next one asks.
    pub(crate) async fn get(&self, table: &Table, key: &RecipientKey) -> Result<Arc<Body>, RecipientError> {
        let place = (key.firm.clone(), key.invoice.clone(), key.send);
        let cell = Arc::clone(self.0.lock().await.entry(place).or_default());
        let read = || async {
            let body = table.body(&key.firm, &key.invoice, key.send).await?;
            body.map(Arc::new).ok_or(RecipientError::NoBody)
        };
        cell.get_or_try_init(read).await.map(Arc::clone)
    }
}
