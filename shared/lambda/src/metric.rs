//! Metrics in CloudWatch's embedded format: one line of JSON on standard output, no request of its own.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! A page of code rather than a crate: the maintained ones record into the whole process and flush around the handler,
//! so that a test could not tell one invocation's counts from another's, for a format that is one line.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use domain::time::rfc3339_ms;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Environment;

/// The namespace of all metrics.
pub const NAMESPACE: &str = "InvoiceEmailTracking";
/// The only dimension, the same as that of Lambda's own metrics: a firm or an address never is one.
pub const DIMENSION: &str = "FunctionName";

/// What one invocation counted. Clones count together, so that whoever keeps one sees what a handler did.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl Metrics {
    /// Counts; nothing is no metric.
    pub fn add(&self, name: &'static str, count: u64) {
        if count > 0 {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += count;
        }
    }

    /// What was counted so far, by name.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Where a function's metrics go: its log.
#[derive(Debug)]
pub(crate) struct Sink {
    function_name: String,
    level: String,
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    #[serde(rename = "requestId", skip_serializing_if = "str::is_empty")]
    request_id: &'a str,
    #[serde(rename = "FunctionName")]
    function_name: &'a str,
    #[serde(flatten)]
    counts: &'a BTreeMap<&'static str, u64>,
    #[serde(rename = "_aws")]
    directive: Value,
}

impl Sink {
    /// Reads `AWS_LAMBDA_FUNCTION_NAME` and `AWS_LAMBDA_LOG_LEVEL`, which Lambda sets.
    ///
    /// Lambda drops what is below the function's log level, and takes a line without a level and a time for INFO. A
    /// metric must arrive whatever the level is, so a line has the very level that the function is set to.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
    pub(crate) fn of(environment: &Environment) -> Self {
        Self {
            function_name: environment.optional("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
            level: environment.optional("AWS_LAMBDA_LOG_LEVEL").unwrap_or_else(|| "INFO".to_owned()),
        }
    }

    /// Writes what an invocation counted, if it counted anything. A log that cannot be written to is nothing that the
    /// caller of an invocation should suffer from.
    pub(crate) fn write(&self, metrics: &Metrics, now: Timestamp, request_id: &str) {
        if let Some(line) = self.line(&metrics.counts(), now, request_id) {
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    fn line(&self, counts: &BTreeMap<&'static str, u64>, now: Timestamp, request_id: &str) -> Option<String> {
        if counts.is_empty() {
            return None;
        }
        let metrics: Vec<Value> = counts.keys().map(|name| json!({ "Name": name, "Unit": "Count" })).collect();
        let line = Line {
            timestamp: rfc3339_ms(now),
            level: &self.level,
            request_id,
            function_name: &self.function_name,
            counts,
            directive: json!({
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": metrics }],
            }),
        };
        serde_json::to_string(&line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(variables: &[(&str, &str)], metrics: &Metrics) -> Option<Value> {
        let sink = Sink::of(&Environment::of(variables.iter().copied()));
        let now = Timestamp::from_millisecond(1_795_302_300_120).unwrap();
        let line = sink.line(&metrics.counts(), now, "8476a536")?;
        assert!(!line.contains('\n'), "{line}");
        Some(serde_json::from_str(&line).unwrap())
    }

    #[test]
    fn a_line_has_the_documented_form() {
        let metrics = Metrics::default();
        metrics.add("Redriven", 3);
        metrics.clone().add("Silent", 1);
        metrics.add("Redriven", 2);
        metrics.add("LookFailed", 0);
        let expected = json!({
            "timestamp": "2026-11-21T23:05:00.120Z", "level": "INFO", "requestId": "8476a536",
            "FunctionName": "stack-WatchFunction-1", "Redriven": 5, "Silent": 1,
            "_aws": {
                "Timestamp": 1_795_302_300_120_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "InvoiceEmailTracking",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [{ "Name": "Redriven", "Unit": "Count" }, { "Name": "Silent", "Unit": "Count" }],
                }],
            },
        });
        assert_eq!(line(&[("AWS_LAMBDA_FUNCTION_NAME", "stack-WatchFunction-1")], &metrics), Some(expected));
    }

    #[test]
    fn a_line_is_never_below_the_functions_log_level() {
        let metrics = Metrics::default();
        metrics.add("Opens", 1);
        for level in ["DEBUG", "WARN", "FATAL"] {
            assert_eq!(line(&[("AWS_LAMBDA_LOG_LEVEL", level)], &metrics).unwrap()["level"], level);
        }
    }

    #[test]
    fn who_counts_nothing_writes_nothing() {
        let metrics = Metrics::default();
        metrics.add("Opens", 0);
        assert_eq!(line(&[], &metrics), None);
    }
}
