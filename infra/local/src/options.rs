//! How a stack is started.

use std::path::PathBuf;
use std::time::Duration;

/// What may differ between stacks. The default is what tests want: a free port, a table in memory, demo data.
#[derive(Clone, Debug)]
pub struct Options {
    /// The gateway's port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where the table, the token keys and the stream's position are kept. `None` keeps them in memory.
    pub data: Option<PathBuf>,
    /// Whether to start without demo data.
    pub empty: bool,
    /// How many times as many invoices as a small firm the demo firm has e-mailed; 1 gives about 150.
    pub scale: u32,
    /// The origins of portals whose pages may call the API, as the parameter OptionalPortalOrigins has them on AWS. With
    /// none the API has no CORS.
    pub portal_origins: Vec<String>,
    /// Whether announced events carry the recipient's address.
    pub event_addresses: bool,
    /// How long a client may take to send a request: whatever takes longer is cut off with a 408.
    pub request_timeout: Duration,
    /// The time between two runs of the scheduled functions; AWS runs them every five minutes.
    pub schedule: Duration,
    /// How long `send` waits for an answer of SES.
    pub ses_timeout: Duration,
    /// How long a recipient whose SendEmail was not answered stays claimed.
    pub send_lease: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            data: None,
            empty: false,
            portal_origins: Vec::new(),
            scale: 1,
            event_addresses: false,
            // As long as API Gateway waits for anything.
            request_timeout: Duration::from_secs(30),
            schedule: Duration::from_secs(2),
            ses_timeout: Duration::from_millis(1_500),
            send_lease: Duration::from_secs(5),
        }
    }
}
