//! What a function is invoked with that has an HTTP trigger and takes events besides.

use std::collections::BTreeMap;

use lambda_http::request::LambdaRequest;
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// A request or another event, or what is made of either.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Either<H, E> {
    Http(H),
    Other(E),
}

/// The field that only API Gateway's payload has. `lambda_http` itself takes nearly any object for a request.
const MARK: &str = "requestContext";

impl<'de> Deserialize<'de> for Either<LambdaRequest, Value> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let fields: BTreeMap<String, IgnoredAny> = serde_json::from_str(text.get()).unwrap_or_default();
        let read = if fields.contains_key(MARK) {
            serde_json::from_str(text.get()).map(Self::Http)
        } else {
            serde_json::from_str(text.get()).map(Self::Other)
        };
        read.map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(event: &Value) -> Either<LambdaRequest, Value> {
        serde_json::from_str(&event.to_string()).unwrap()
    }

    #[test]
    fn a_request_is_known_by_its_context() {
        let request = json!({
            "version": "2.0", "routeKey": "POST /x", "rawPath": "/x", "headers": {}, "isBase64Encoded": false,
            "requestContext": { "http": { "method": "POST" }, "timeEpoch": 0 },
        });
        assert!(matches!(read(&request), Either::Http(LambdaRequest::ApiGatewayV2(_))));
    }

    #[test]
    fn anything_else_is_an_event() {
        let detail = json!({ "requestContext": {}, "version": "2.0" });
        for event in
            [json!({ "version": "0", "source": "billing.portal", "detail": detail }), json!({}), json!([1]), json!(7)]
        {
            assert!(matches!(read(&event), Either::Other(read) if read == event));
        }
    }

    #[test]
    fn a_request_that_lacks_what_it_needs_is_refused() {
        let error = serde_json::from_str::<Either<LambdaRequest, Value>>(r#"{"requestContext":7}"#).unwrap_err();
        assert!(error.to_string().contains("API Gateway"), "{error}");
    }
}
