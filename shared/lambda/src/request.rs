//! What handlers read of an HTTP request, as API Gateway hands it over.

use std::net::IpAddr;

use domain::ids::Firm;
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

/// Who of the firm's staff calls.
///
/// # Errors
/// 401 if the token names no firm, 403 if it is a client's.
pub fn caller(request: &Request, claims: &Claims) -> Result<Caller, Problem> {
    let Claims { firm: firm_claim, client: client_claim } = claims;
    let claims = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref()).map(|jwt| &jwt.claims)
        }
        _ => None,
    };
    let claim = |name: &str| claims.and_then(|claims| claims.get(name)).cloned();
    let firm = claim(firm_claim).ok_or_else(|| Problem::no_firm("The token names no firm."))?;
    let firm = firm.parse().map_err(|error| Problem::no_firm(format!("The token's firm {error}.")))?;
    if claim(client_claim).is_some_and(|client| !client.is_empty()) {
        return Err(Problem::forbidden("This is for the firm's staff, and the token is a client's."));
    }
    Ok(Caller { firm, name: claim("email").or_else(|| claim("sub")) })
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

/// The query's parameters, decoded.
#[must_use]
pub fn query_parameters(request: &Request) -> Vec<(String, String)> {
    let parameters = request.query_string_parameters_ref();
    let pairs = parameters.into_iter().flat_map(|parameters| parameters.iter());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A header as text.
#[must_use]
pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// The peer's address as API Gateway saw it. Never a header's: anybody can write `X-Forwarded-For`.
#[must_use]
pub fn source_ip(request: &Request) -> Option<IpAddr> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    }
}
