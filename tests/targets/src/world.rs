//! The functions as Lambda would have them, with the table's stand-in behind them.

use domain::ids::Firm;
use domain::time::from_millisecond;
use domain::token::TokenKeys;
use lambda::{Call, Environment};
use portal::Portal;
use record::Record;
use report::Report;
use serde_json::Value;
use settings::Settings;
use submit::Submit;
use tokio::runtime::{Builder, Runtime};
use track::Track;

use crate::table::{Asked, Stand};

/// The firm whose staff call.
pub(crate) const FIRM: &str = "demo";
/// The client who is signed in to the portal, and whom seeds name.
pub(crate) const CLIENT: &str = "client-7";
/// The key of all tokens here: that of no deployment.
pub(crate) const TOKEN_KEYS: &str = "fuzz:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// The moment of all invocations, in milliseconds: 2026-11-21T23:05:00Z.
const NOW_MS: i64 = 1_795_302_300_000;

/// All functions that take something from outside.
pub(crate) struct World {
    pub(crate) runtime: Runtime,
    pub(crate) keys: TokenKeys,
    pub(crate) submit: Submit,
    pub(crate) settings: Settings,
    pub(crate) portal: Portal,
    pub(crate) report: Report,
    pub(crate) track: Track,
    pub(crate) record: Record,
    stand: Stand,
}

thread_local! {
    // Of each thread its own: tests run beside each other, and what the table was asked must be the own target's.
    static WORLD: World = World::begin();
}

/// Runs with the world, whose table holds these items.
pub(crate) fn with_table<T>(items: Vec<Value>, run: impl FnOnce(&World) -> T) -> T {
    WORLD.with(|world| {
        world.stand.hold(items);
        run(world)
    })
}

/// The firm of [`FIRM`].
pub(crate) fn firm() -> Firm {
    FIRM.parse().expect("an id")
}

/// An invocation: always the same one.
pub(crate) fn call() -> Call {
    Call::new(from_millisecond(NOW_MS), 42)
}

impl World {
    fn begin() -> Self {
        let stand = Stand::begin();
        let environment = Environment::of([
            ("TABLE_NAME", "invoice-emails"),
            ("TOKEN_KEYS", TOKEN_KEYS),
            ("FROM_ADDRESS", "Roe & Partners <invoices@example.com>"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL_DYNAMODB", &stand.endpoint),
        ]);
        Self {
            runtime: Builder::new_current_thread().enable_all().build().expect("a runtime"),
            keys: TokenKeys::parse(TOKEN_KEYS).expect("a key"),
            submit: Submit::from_environment(&environment).expect("all variables"),
            settings: Settings::from_environment(&environment).expect("all variables"),
            portal: Portal::from_environment(&environment).expect("all variables"),
            report: Report::from_environment(&environment).expect("all variables"),
            track: Track::from_environment(&environment).expect("all variables"),
            record: Record::from_environment(&environment).expect("all variables"),
            stand,
        }
    }

    /// What the table was asked.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.stand.asked()
    }
}
