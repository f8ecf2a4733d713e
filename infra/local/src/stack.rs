//! Puts the parts together: starts them in their order, and ends them.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use domain::token::TokenKeys;
use hyper::body::Incoming;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::bus::Bus;
use crate::clock;
use crate::database::{self, DatabaseError};
use crate::dead_letters::DeadLetters;
use crate::demo;
use crate::event_bridge::EventBridge;
use crate::faults::Faults;
use crate::functions::{Functions, FunctionsError, Surroundings};
use crate::gateway::cors::Cors;
use crate::gateway::{Gateway, UnknownFunction};
use crate::invoke::{EventFunction, InvocationError, apart_flat};
use crate::keys;
use crate::options::Options;
use crate::pages::Pages;
use crate::queue::{Queue, Reading};
use crate::serve::{NoAnswer, Response, serve};
use crate::ses::Ses;
use crate::ses::mailbox::Mailbox;
use crate::stream::{Destination, Pump};
use crate::table_proxy::{TableProxy, TableRequests};
use crate::template::{StreamTrigger, Template, TemplateError};

pub(crate) const TEMPLATE: &str = include_str!("../../template.yaml");

/// The configuration set that exists at the SES stand-in.
pub(crate) const CONFIGURATION_SET: &str = "invoice-email-tracking";

/// DynamoDB deletes expired items within days; a minute shows that it does.
const EXPIRY_SWEEP: Duration = Duration::from_secs(60);

/// The table's server lets running requests end; nothing that it does takes longer.
const TABLE_STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// How often [`Stack::settled`] looks.
const SETTLED_POLL: Duration = Duration::from_millis(2);

/// A running stack. Dropping it ends it; [`Stack::shutdown`] also waits until the table's files are closed.
pub struct Stack {
    url: String,
    queue: Arc<Queue>,
    pumps: Vec<Arc<Pump>>,
    table: Arc<TableProxy>,
    mailbox: Arc<Mailbox>,
    tasks: JoinSet<()>,
    stop_table: oneshot::Sender<()>,
    table_server: JoinHandle<()>,
}

/// Why a stack does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program has the port.
    #[error("port {port} is taken by another program; choose another one with --port")]
    PortTaken {
        /// The port that was asked for.
        port: u16,
    },
    /// No port of 127.0.0.1 can be had.
    #[error("no port of 127.0.0.1 can be had")]
    Network(#[source] std::io::Error),
    /// The data directory cannot be used.
    #[error("the directory {} cannot be used", directory.display())]
    Data {
        /// The directory that was asked for.
        directory: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The template cannot be played.
    #[error("infra/template.yaml cannot be played")]
    Template(#[from] TemplateError),
    /// A route of the template leads nowhere.
    #[error(transparent)]
    Route(#[from] UnknownFunction),
    /// The table cannot be opened or created.
    #[error("the table cannot be opened")]
    Table(#[from] DatabaseError),
    /// The stack's own HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
    /// A function refuses its variables, or the template names one that does not exist.
    #[error("a function cannot be started")]
    Functions(#[from] FunctionsError),
}

impl Stack {
    /// Starts everything, and returns once the gateway answers.
    ///
    /// # Errors
    /// The port is taken, the data directory cannot be used, or template, table and functions do not fit together.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let gateway_listener = listen(options.port).await?;
        let url = url_of(&gateway_listener)?;
        let template = Template::parse(TEMPLATE)?;
        let data = options.data.as_deref();
        let token_keys = prepare(data)?;
        let (database, is_new) = database::open(data, &template)?;

        let (faults, dead_letters) = (Arc::<Faults>::default(), Arc::<DeadLetters>::default());
        let (mailbox, queue) = (Arc::<Mailbox>::default(), Arc::new(Queue::new(Arc::clone(&dead_letters))));
        let written = watch::Sender::new(());
        let mut tasks = JoinSet::new();

        let server_listener = listen(0).await?;
        // Nothing here redirects but a mail's link, which would lead away from this computer.
        let client =
            reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().map_err(StartError::Client)?;
        let (upstream, policies) = (url_of(&server_listener)?, template.policies.clone());
        let table = Arc::new(TableProxy::new(upstream, client.clone(), policies, Arc::clone(&faults), written.clone()));
        let (stop_table, table_server) = start_table(server_listener, database.clone());
        let ses = Arc::new(Ses {
            configuration_set: CONFIGURATION_SET,
            event_types: template.event_types.clone(),
            faults: Arc::clone(&faults),
            mailbox: Arc::clone(&mailbox),
            queue: Arc::clone(&queue),
            accepted: AtomicUsize::new(0),
        });
        let event_bridge = Arc::new(EventBridge::new(template.policies.clone(), Arc::clone(&faults)));
        let surroundings = Surroundings {
            url: url.clone(),
            table_url: start_endpoint(&mut tasks, &table, TableProxy::answer).await?,
            ses_url: start_endpoint(&mut tasks, &ses, Ses::answer).await?,
            event_bridge_url: start_endpoint(&mut tasks, &event_bridge, EventBridge::answer).await?,
            token_keys,
            options: options.clone(),
        };
        let functions = Functions::build(&surroundings)?;
        let source =
            Source { database: &database, data, dead_letters: &dead_letters, faults: &faults, written: &written };
        let pumps = start_streams(&mut tasks, template.streams, &functions, &source)?;
        for trigger in template.queues {
            let reading = Reading { batch_size: trigger.batch_size, most_receives: trigger.most_receives };
            let function = functions.event(&trigger.function)?;
            tasks.spawn(Arc::clone(&queue).run(reading, function, functions.message()));
        }
        for name in &template.schedules {
            tasks.spawn(run_on_schedule(name.clone(), functions.event(name)?, options.schedule));
        }
        tasks.spawn(sweep_expired(database));
        let bus = Bus::new(functions.event("submit")?, Arc::clone(&dead_letters));

        let pages = Pages {
            url: url.clone(),
            mailbox: Arc::clone(&mailbox),
            ses,
            faults,
            dead_letters,
            bus,
            event_bridge,
            follow: functions.event("follow")?,
            table: Arc::clone(&table),
            client,
            keys: TokenKeys::parse(&surroundings.token_keys).ok(),
        };
        let cors = Cors::read(&template.cors, &options.portal_origins);
        let gateway =
            Arc::new(Gateway::new(&template.routes, functions.into_http(), pages, cors, options.request_timeout)?);
        tasks.spawn(serve(gateway_listener, Some(options.request_timeout), move |request, peer| {
            Arc::clone(&gateway).answer(request, peer)
        }));
        let stack = Self { url, queue, pumps, table, mailbox, tasks, stop_table, table_server };
        if is_new && !options.empty {
            fill(&surroundings).await;
        }
        Ok(stack)
    }

    /// Where the gateway answers: `http://127.0.0.1:8787`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests that functions have made to the table.
    pub fn table_requests(&self) -> TableRequests {
        self.table.requests()
    }

    /// How many mails SES has accepted since the start.
    pub fn mails_accepted(&self) -> u64 {
        self.mailbox.accepted()
    }

    /// Waits until nothing is under way: the stream is read to its end, the queue is empty, and nothing is being
    /// handled. Scheduled functions may start again at any time.
    pub async fn settled(&self) {
        // Records lead to mails, mails to messages, messages to records; what one look misses while it passes from one
        // to the next, a second look finds.
        let mut calm_looks = 0;
        while calm_looks < 2 {
            let calm = self.queue.is_idle() && self.pumps.iter().all(|pump| pump.is_idle()) && self.queue.is_idle();
            calm_looks = if calm { calm_looks + 1 } else { 0 };
            tokio::time::sleep(SETTLED_POLL).await;
        }
    }

    /// Ends the stack and waits until the table's files are closed.
    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
        // Nobody may be listening any more, which is what is wanted.
        let _ended = self.stop_table.send(());
        if tokio::time::timeout(TABLE_STOP_TIMEOUT, &mut self.table_server).await.is_err() {
            tracing::warn!("the table still had requests when it was ended");
            self.table_server.abort();
        }
    }
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortTaken { port },
        _ => StartError::Network(error),
    })
}

fn url_of(listener: &TcpListener) -> Result<String, StartError> {
    listener.local_addr().map(|address| format!("http://{address}")).map_err(StartError::Network)
}

/// Makes the data directory, and finds or makes the token keys.
fn prepare(data: Option<&Path>) -> Result<String, StartError> {
    let made = data.map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| keys::token_keys(data))
        .map_err(|source| StartError::Data { directory: data.unwrap_or(Path::new("")).to_owned(), source })
}

fn start_table(listener: TcpListener, database: dynoxide::Database) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let until = async {
            // A dropped stack stops the table too.
            let _stopped = stopped.await;
        };
        if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, until).await {
            tracing::error!(error, "the table's server ended");
        }
    });
    (stop, server)
}

/// Starts an endpoint that functions know: the table's door, SES, the event bus. Tells where it is.
async fn start_endpoint<Endpoint, Answering>(
    tasks: &mut JoinSet<()>,
    endpoint: &Arc<Endpoint>,
    answer: fn(Arc<Endpoint>, http::Request<Incoming>) -> Answering,
) -> Result<String, StartError>
where
    Endpoint: Send + Sync + 'static,
    Answering: Future<Output = Result<Response, NoAnswer>> + Send + 'static,
{
    let listener = listen(0).await?;
    let (url, endpoint) = (url_of(&listener)?, Arc::clone(endpoint));
    tasks.spawn(serve(listener, None, move |request, _| answer(Arc::clone(&endpoint), request)));
    Ok(url)
}

/// Demo data is a courtesy: without it the stack runs all the same.
async fn fill(surroundings: &Surroundings) {
    for result in [demo::write_past(surroundings).await, demo::send_some(surroundings).await] {
        if let Err(error) = result {
            tracing::error!(error = %InvocationError::from_error(&error), "the demo data is not complete");
        }
    }
}

/// Starts a pump for each function that reads the stream.
fn start_streams(
    tasks: &mut JoinSet<()>,
    triggers: Vec<StreamTrigger>,
    functions: &Functions,
    source: &Source<'_>,
) -> Result<Vec<Arc<Pump>>, StartError> {
    let mut pumps = Vec::new();
    for trigger in triggers {
        let function = functions.event(&trigger.function)?;
        let position_file =
            source.data.map(|directory| directory.join(format!("stream-position-{}", trigger.function)));
        let (dead_letters, faults) = (Arc::clone(source.dead_letters), Arc::clone(source.faults));
        let destination = Destination { trigger, function, dead_letters, faults };
        let pump = Arc::new(Pump::new(destination, source.database.clone(), position_file)?);
        tasks.spawn(Arc::clone(&pump).run(source.written.subscribe()));
        pumps.push(pump);
    }
    Ok(pumps)
}

/// What the pumps of all functions share.
struct Source<'start> {
    database: &'start dynoxide::Database,
    data: Option<&'start Path>,
    dead_letters: &'start Arc<DeadLetters>,
    faults: &'start Arc<Faults>,
    written: &'start watch::Sender<()>,
}

/// Calls a function as EventBridge's scheduler does, again and again.
async fn run_on_schedule(name: String, function: EventFunction, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // The first tick is at once; AWS does not run a new schedule at once either.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        if let Err(error) = apart_flat(function(scheduled_event())).await {
            tracing::warn!(function = name, error = %error, "a scheduled run failed");
        }
    }
}

fn scheduled_event() -> Value {
    json!({
        "version": "0",
        "id": clock::uuid(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": clock::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:000000000000:rule/local"],
        "detail": {},
    })
}

async fn sweep_expired(database: dynoxide::Database) {
    loop {
        tokio::time::sleep(EXPIRY_SWEEP).await;
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(deleted)) => tracing::debug!(deleted, "expired items deleted"),
            Ok(Err(error)) => tracing::warn!(error = %error, "expired items could not be deleted"),
            Err(_) => tracing::warn!("the sweep of expired items panicked"),
        }
    }
}
