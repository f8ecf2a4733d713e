//! The functions themselves, each with variables and credentials of its own, as on AWS.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use lambda::{Call, ConfigurationError, Environment};
use serde_json::Value;

use crate::clock;
use crate::credentials::access_key_id;
use crate::event_bridge::EVENT_BUS;
use crate::gateway::authorizer::{CLIENT_CLAIM, FIRM_CLAIM};
use crate::invoke::{EventFunction, HttpFunction, InvocationError, MessageFunction, Outcome};
use crate::options::Options;
use crate::stack::CONFIGURATION_SET;

/// What the mails come from. `&` in a name needs the quotes.
const FROM_ADDRESS: &str = "\"Roe & Partners Billing\" <billing@roe-partners.example>";

/// What functions find around them.
pub(crate) struct Surroundings {
    /// The gateway's URL.
    pub(crate) url: String,
    pub(crate) table_url: String,
    pub(crate) ses_url: String,
    pub(crate) event_bridge_url: String,
    pub(crate) token_keys: String,
    pub(crate) options: Options,
}

impl Surroundings {
    /// The variables of one function.
    pub(crate) fn environment(&self, function: &str) -> Environment {
        Environment::of([
            ("TABLE_NAME", crate::database::TABLE_NAME.to_owned()),
            ("TRACKING_BASE_URL", self.url.clone()),
            ("TOKEN_KEYS", self.token_keys.clone()),
            ("CONFIGURATION_SET", CONFIGURATION_SET.to_owned()),
            ("FROM_ADDRESS", FROM_ADDRESS.to_owned()),
            ("FIRM_CLAIM", FIRM_CLAIM.to_owned()),
            ("CLIENT_CLAIM", CLIENT_CLAIM.to_owned()),
            ("SES_TIMEOUT_MS", self.options.ses_timeout.as_millis().to_string()),
            ("SEND_LEASE_SECONDS", self.options.send_lease.as_secs().to_string()),
            ("EVENT_BUS_NAME", EVENT_BUS.to_owned()),
            ("EVENT_ADDRESSES", self.options.event_addresses.to_string()),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", access_key_id(function)),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.table_url.clone()),
            ("AWS_ENDPOINT_URL_SESV2", self.ses_url.clone()),
            ("AWS_ENDPOINT_URL_EVENTBRIDGE", self.event_bridge_url.clone()),
        ])
    }
}

/// All functions, ready to be called.
pub(crate) struct Functions {
    http: HashMap<String, HttpFunction>,
    events: HashMap<String, EventFunction>,
    message: MessageFunction,
}

/// Why the functions cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum FunctionsError {
    /// A function refuses its variables.
    #[error("{function} refuses its variables")]
    Variables {
        /// The function's folder.
        function: &'static str,
        /// Which variable, and why.
        #[source]
        source: ConfigurationError,
    },
    /// The template names a function that takes no events, or does not exist.
    #[error("the template names {0}, which the local stack does not run")]
    Unknown(String),
}

impl Functions {
    /// Builds every function as its `main` does.
    pub(crate) fn build(surroundings: &Surroundings) -> Result<Self, FunctionsError> {
        let environment = |name: &'static str| surroundings.environment(name);
        let refused = |function: &'static str| move |source| FunctionsError::Variables { function, source };
        let submit = submit::Submit::from_environment(&environment("submit")).map_err(refused("submit"))?;
        let submit = Arc::new(submit);
        let track = track::Track::from_environment(&environment("track")).map_err(refused("track"))?;
        let report = report::Report::from_environment(&environment("report")).map_err(refused("report"))?;
        let settings = settings::Settings::from_environment(&environment("settings")).map_err(refused("settings"))?;
        let portal = portal::Portal::from_environment(&environment("portal")).map_err(refused("portal"))?;
        let send = send::Send::from_environment(&environment("send")).map_err(refused("send"))?;
        let record = record::Record::from_environment(&environment("record")).map_err(refused("record"))?;
        let follow = follow::Follow::from_environment(&environment("follow")).map_err(refused("follow"))?;
        let watch = watch::Watch::from_environment(&environment("watch")).map_err(refused("watch"))?;
        let web = web::Web::from_environment(&environment("web")).map_err(refused("web"))?;
        let record = Arc::new(record);
        Ok(Self {
            http: HashMap::from([
                ("submit".to_owned(), http(&submit, |it, request, call| async move { it.handle(request, call).await })),
                (
                    "track".to_owned(),
                    http(&Arc::new(track), |it, request, call| async move { it.handle(request, call).await }),
                ),
                (
                    "web".to_owned(),
                    http(&Arc::new(web), |it, request, call| async move { it.handle(request, call).await }),
                ),
                (
                    "report".to_owned(),
                    http(&Arc::new(report), |it, request, call| async move { it.handle(request, call).await }),
                ),
                (
                    "portal".to_owned(),
                    http(&Arc::new(portal), |it, request, call| async move { it.handle(request, call).await }),
                ),
                (
                    "settings".to_owned(),
                    http(&Arc::new(settings), |it, request, call| async move { it.handle(request, call).await }),
                ),
            ]),
            events: HashMap::from([
                (
                    "submit".to_owned(),
                    event(submit, |it, event, call| async move { it.handle_event(event, call).await }),
                ),
                (
                    "send".to_owned(),
                    event(Arc::new(send), |it, event, call| async move { it.handle(event, call).await }),
                ),
                (
                    "follow".to_owned(),
                    event(Arc::new(follow), |it, event, call| async move { it.handle(event, call).await }),
                ),
                (
                    "watch".to_owned(),
                    event(Arc::new(watch), |it, event, call| async move { it.handle(event, call).await }),
                ),
                (
                    "record".to_owned(),
                    event(Arc::clone(&record), |it, event, call| async move { it.handle(event, call).await }),
                ),
            ]),
            message: message(record),
        })
    }

    /// The function of that name, if it takes events.
    pub(crate) fn event(&self, name: &str) -> Result<EventFunction, FunctionsError> {
        self.events.get(name).map(Arc::clone).ok_or_else(|| FunctionsError::Unknown(name.to_owned()))
    }

    /// The recorder, for one message that someone waits for.
    pub(crate) fn message(&self) -> MessageFunction {
        Arc::clone(&self.message)
    }

    /// The functions that take HTTP requests.
    pub(crate) fn into_http(self) -> HashMap<String, HttpFunction> {
        self.http
    }
}

fn call() -> Call {
    Call::new(clock::now(), clock::random())
}

fn http<Function, Answering>(
    function: &Arc<Function>,
    handle: impl Fn(Arc<Function>, lambda_http::Request, Call) -> Answering + Send + Sync + 'static,
) -> HttpFunction
where
    Function: Send + Sync + 'static,
    Answering: Future<Output = lambda_http::Response<lambda_http::Body>> + Send + 'static,
{
    let function = Arc::clone(function);
    Arc::new(move |request| Box::pin(handle(Arc::clone(&function), request, call())))
}

fn event<Function, Answering, Error>(
    function: Arc<Function>,
    handle: impl Fn(Arc<Function>, Value, Call) -> Answering + Send + Sync + 'static,
) -> EventFunction
where
    Function: Send + Sync + 'static,
    Answering: Future<Output = Result<Value, Error>> + Send + 'static,
    Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    Arc::new(move |event| {
        let handling = handle(Arc::clone(&function), event, call());
        Box::pin(async move { handling.await.map_err(failure) })
    })
}

fn message(record: Arc<record::Record>) -> MessageFunction {
    Arc::new(move |body| {
        let record = Arc::clone(&record);
        Box::pin(async move {
            match record.handle_message(&body, call()).await {
                Ok(record::Outcome::Recorded) => Ok(Outcome::Recorded("it is in a recipient's log".to_owned())),
                Ok(record::Outcome::Ignored(why)) => Ok(Outcome::Ignored(why)),
                Err(error @ record::RecordError::NotKnownYet) => {
                    Ok(Outcome::NotKnownYet(format!("{error}; it stays in the queue and is tried again")))
                }
                Err(error) => Err(failure(error)),
            }
        })
    })
}

fn failure(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> InvocationError {
    let error = error.into();
    InvocationError::from_error(&*error)
}
