//! What handlers read of an HTTP request, as API Gateway hands it over.

use std::borrow::Cow;
use std::net::IpAddr;

use domain::evidence::{Facts, Method, Period};
use domain::ids::{Client, Firm, RecipientKey};
use domain::log::Hit;
use domain::time::to_millisecond;
use domain::token::TokenKeys;
use jiff::Timestamp;
use lambda_http::http;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

use crate::Claims;
use crate::problem::{FieldError, In, Problem};

/// Who calls: from the token that API Gateway has verified, never from the request itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The tenant.
    pub firm: Firm,
    /// The person, as the token's `email` or else `sub` has it.
    pub name: Option<String>,
}

/// A client who has signed in to the firm's portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCaller {
    /// The tenant.
    pub firm: Firm,
    /// Whose account it is.
    pub client: Client,
}

/// What the token says that API Gateway has verified.
fn claim(request: &Request, name: &str) -> Option<String> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return None };
    context.authorizer.as_ref()?.jwt.as_ref()?.claims.get(name).cloned()
}

fn firm(request: &Request, claims: &Claims) -> Result<Firm, Problem> {
    let firm = claim(request, &claims.firm).ok_or_else(|| Problem::no_firm("The token names no firm."))?;
    firm.parse().map_err(|error| Problem::no_firm(format!("The token's firm {error}.")))
}

/// Who of the firm's staff calls.
///
/// # Errors
/// 401 if the token names no firm, 403 if it has the claim that names a client, however empty or malformed that is.
pub fn caller(request: &Request, claims: &Claims) -> Result<Caller, Problem> {
    let firm = firm(request, claims)?;
    // Whatever the claim says: an issuer that leaves a client's empty must not make staff of them.
    if claim(request, &claims.client).is_some() {
        return Err(Problem::forbidden("This is for the firm's staff, and the token is a client's."));
    }
    Ok(Caller { firm, name: claim(request, "email").or_else(|| claim(request, "sub")) })
}

/// Which client of the firm calls.
///
/// # Errors
/// 401 if the token names no firm, 403 if it names no client.
pub fn client_caller(request: &Request, claims: &Claims) -> Result<ClientCaller, Problem> {
    let firm = firm(request, claims)?;
    let client = claim(request, &claims.client)
        .ok_or_else(|| Problem::forbidden("This is for the firm's clients, and the token names none."))?;
    let client = client.parse().map_err(|error| Problem::forbidden(format!("The token's client {error}.")))?;
    Ok(ClientCaller { firm, client })
}

/// The route that API Gateway matched, such as `GET /o/{token}`.
#[must_use]
pub fn route_key(request: &Request) -> &str {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.route_key.as_deref().unwrap_or_default(),
        _ => "",
    }
}

/// A parameter of the path, decoded; empty if the route has none of that name.
#[must_use]
pub fn path_parameter<'a>(request: &'a Request, name: &str) -> &'a str {
    request.path_parameters_ref().and_then(|parameters| parameters.first(name)).unwrap_or_default()
}

/// A parameter of the path in its own type.
///
/// # Errors
/// Names the parameter.
pub fn parsed_path_parameter<T>(request: &Request, name: &'static str) -> Result<T, FieldError>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    path_parameter(request, name).parse().map_err(|error| FieldError::new(In::Path, name, format!("{error}")))
}

/// The query's parameters, decoded and sorted: they come in no order, and the same request shall have the same answer.
#[must_use]
pub fn query_parameters(request: &Request) -> Vec<(String, String)> {
    let parameters = request.query_string_parameters_ref();
    let pairs = parameters.into_iter().flat_map(|parameters| parameters.iter());
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    pairs.sort();
    pairs
}

/// A header as text.
#[must_use]
pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// A header as text, whatever its bytes: a program that names itself in no text names itself all the same.
fn any_header<'a>(request: &'a Request, name: &str) -> Option<Cow<'a, str>> {
    request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()))
}

/// What is kept of somebody's request for something of a recipient's.
#[must_use]
pub fn hit(request: &Request, keys: &TokenKeys, of: &RecipientKey, link: u8, now: Timestamp) -> Hit {
    let at = to_millisecond(now);
    let address = source_ip(request);
    let period = Period::of(of.send.submitted_at(), at);
    let network = address.map_or(0, |address| keys.network_hash(of.send, period, address));
    let method = if *request.method() == http::Method::HEAD { Method::Head } else { Method::Get };
    let facts = Facts::of(method, |name| any_header(request, name), address, network);
    Hit { at, link, facts }
}

/// The peer's address as API Gateway saw it. Never a header's: anybody can write `X-Forwarded-For`.
#[must_use]
pub fn source_ip(request: &Request) -> Option<IpAddr> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::Body;
    use std::collections::HashMap;

    #[test]
    fn the_parameters_of_a_query_have_one_order() {
        let given = ["f", "b", "e", "a", "d", "c"].map(|name| (name.to_owned(), "1".to_owned()));
        let request = Request::new(Body::Empty).with_query_string_parameters(HashMap::from(given));
        let names: Vec<String> = query_parameters(&request).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
    }
}
