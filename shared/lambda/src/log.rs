//! What a line of the log looks like, and what it says about an error.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Format, Json, JsonFields, Writer, format};
use tracing_subscriber::fmt::{FmtContext, FormatEvent};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Environment;

/// The crates that promise to log nothing personal, at whatever level.
const OUR_CRATES: [&str; 15] = [
    "bus", "domain", "follow", "lambda", "mail", "portal", "record", "report", "send", "settings", "submit", "table",
    "track", "watch", "web",
];

/// Where Lambda's runtime opens the span of an invocation, which has the request id: no level may hide that.
const INVOCATION_SPAN: (&str, LevelFilter) = ("lambda_runtime::layers::trace", LevelFilter::INFO);

/// An error and its causes in one line: the JSON format of logs would leave the causes out.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// What is written at a level: below INFO the libraries write whole events and requests, with everybody's addresses in
/// them, so that they are held to INFO.
#[must_use]
pub fn filter(level: LevelFilter) -> Targets {
    let filter = Targets::new().with_default(level.min(LevelFilter::INFO));
    filter.with_targets(OUR_CRATES.map(|name| (name, level))).with_targets([INVOCATION_SPAN])
}

/// Logs from now on as Lambda's settings ask for it.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html>
pub(crate) fn begin(environment: &Environment) {
    let level = environment.optional("AWS_LAMBDA_LOG_LEVEL").and_then(|level| level.parse().ok());
    let level = level.unwrap_or(LevelFilter::INFO);
    let filter = filter(level);
    let layer = tracing_subscriber::fmt::layer().with_target(false).with_ansi(false);
    // A second subscriber in one process is refused, which is as good: the first one has the logs.
    let _ = match environment.optional("AWS_LAMBDA_LOG_FORMAT").as_deref() {
        Some("JSON") => {
            let layer = layer.fmt_fields(JsonFields::new()).event_format(Lines::default());
            tracing_subscriber::registry().with(layer.with_filter(filter)).try_init()
        }
        _ => tracing_subscriber::registry().with(layer.without_time().with_filter(filter)).try_init(),
    };
}

/// Lines of JSON that can be read alone: what the runtime knows of the invocation, its request id above all, stands
/// beside what the line says, as it does in the lines of Lambda's managed runtimes.
struct Lines(Format<Json>);

impl Default for Lines {
    fn default() -> Self {
        Self(format().json().flatten_event(true).with_current_span(false).with_target(false))
    }
}

/// The fields that a span cannot give to a line: its own name, and what each line has of its own.
const NOT_OF_SPANS: [&str; 4] = ["name", "timestamp", "level", "message"];

#[derive(Serialize, Deserialize)]
struct Line {
    timestamp: Value,
    level: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    message: Value,
    #[serde(default, skip_serializing)]
    spans: Vec<Map<String, Value>>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> FormatEvent<S, JsonFields> for Lines {
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut text = String::new();
        self.0.format_event(context, Writer::new(&mut text), event)?;
        let Ok(mut line) = serde_json::from_str::<Line>(&text) else { return writer.write_str(&text) };
        // The innermost span comes last, and knows best after the line itself.
        let of_spans = std::mem::take(&mut line.spans).into_iter().rev().flatten();
        for (name, value) in of_spans.filter(|(name, _)| !NOT_OF_SPANS.contains(&name.as_str())) {
            line.fields.entry(name).or_insert(value);
        }
        writeln!(writer, "{}", serde_json::to_string(&line).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::{BufRead, BufReader};
    use std::sync::Arc;

    use serde_json::json;
    use tracing::subscriber::with_default;

    use super::*;
    use crate::ConfigurationError;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot start")]
    struct Outer(#[source] ConfigurationError);

    #[test]
    fn causes_follow_their_error() {
        let error = Outer(ConfigurationError::Missing("TABLE_NAME"));
        assert_eq!(chain(&error), "cannot start: the variable TABLE_NAME is not set");
    }

    #[test]
    fn a_line_says_each_thing_once_and_the_innermost_word_counts() {
        let (read, write) = std::io::pipe().unwrap();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Arc::new(write));
        let layer = layer.fmt_fields(JsonFields::new()).event_format(Lines::default());
        with_default(tracing_subscriber::registry().with(layer), || {
            let _outer = tracing::info_span!("outer", requestId = "8476a536", place = "outer", level = "odd").entered();
            let _inner = tracing::info_span!("inner", place = "inner", message = "odd", timestamp = "odd").entered();
            tracing::warn!(place = "event", "said");
            tracing::info!(recipients = 2);
        });
        let mut lines = BufReader::new(read).lines().map(|line| {
            let text = line.unwrap();
            let mut line: Value = serde_json::from_str(&text).unwrap();
            for name in ["timestamp", "level", "message", "place"] {
                assert!(text.matches(&format!("\"{name}\":")).count() <= 1, "{text}");
            }
            assert_ne!(line.as_object_mut().unwrap().remove("timestamp").unwrap(), "odd");
            line
        });
        let said = json!({ "level": "WARN", "message": "said", "place": "event", "requestId": "8476a536" });
        assert_eq!(lines.next(), Some(said));
        let unsaid = json!({ "level": "INFO", "recipients": 2, "place": "inner", "requestId": "8476a536" });
        assert_eq!(lines.next(), Some(unsaid));
    }
}
