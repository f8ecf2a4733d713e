//! Metrics in CloudWatch's embedded format: one line of JSON on standard output, no request of its own.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The namespace of all metrics.
pub const NAMESPACE: &str = "InvoiceEmailTracking";

/// Counts of one moment of one function, as a line of the embedded metric format. The function is the only dimension:
/// a firm or an address never is.
#[must_use]
pub fn embedded(function: &str, now: Timestamp, counts: &[(&str, u64)]) -> String {
    let metrics: Vec<Value> = counts.iter().map(|(name, _)| json!({ "Name": name, "Unit": "Count" })).collect();
    let mut line = Map::new();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [["Function"]], "Metrics": metrics }],
        }),
    );
    line.insert("Function".to_owned(), json!(function));
    line.extend(counts.iter().map(|(name, count)| ((*name).to_owned(), json!(count))));
    Value::Object(line).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_documented_form() {
        let line = embedded("watch", Timestamp::UNIX_EPOCH, &[("Redriven", 3)]);
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["Redriven"], 3);
        assert_eq!(value["Function"], "watch");
        assert_eq!(value["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"], "Redriven");
    }
}
