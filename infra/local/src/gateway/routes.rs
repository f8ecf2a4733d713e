//! Which route a request takes: API Gateway's rules for HTTP APIs.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>: the most specific path
//! wins, in it the exact method before `ANY`, and `$default` takes the rest.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::template::RouteDefinition;

/// All routes of the API.
#[derive(Debug)]
pub(crate) struct Routes {
    routes: Vec<Route>,
    default: Option<RouteDefinition>,
}

#[derive(Debug)]
struct Route {
    definition: RouteDefinition,
    /// `None` takes any method.
    method: Option<String>,
    segments: Vec<Segment>,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter(String),
}

/// The route that a request takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Match<'routes> {
    pub(crate) route: &'routes RouteDefinition,
    /// Percent-decoded, as API Gateway hands them on.
    pub(crate) parameters: BTreeMap<String, String>,
}

impl Routes {
    pub(crate) fn new(definitions: &[RouteDefinition]) -> Self {
        let mut routes = Self { routes: Vec::new(), default: None };
        for definition in definitions {
            match definition.route_key.split_once(' ') {
                None => routes.default = Some(definition.clone()),
                Some((method, path)) => routes.routes.push(Route {
                    definition: definition.clone(),
                    method: (method != "ANY").then(|| method.to_owned()),
                    segments: segments(path).map(Segment::parse).collect(),
                }),
            }
        }
        routes
    }

    /// The route for a method and a raw path.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<Match<'_>> {
        let path: Vec<&str> = segments(path).collect();
        let candidates = self.routes.iter().filter(|route| route.takes(method, &path));
        let best = candidates.max_by_key(|route| {
            let literals: Vec<bool> = route.segments.iter().map(|part| matches!(part, Segment::Literal(_))).collect();
            (literals, route.method.is_some())
        });
        match best {
            Some(route) => Some(Match { route: &route.definition, parameters: route.parameters(&path) }),
            None => self.default.as_ref().map(|route| Match { route, parameters: BTreeMap::new() }),
        }
    }
}

impl Route {
    fn takes(&self, method: &str, path: &[&str]) -> bool {
        self.method.as_deref().is_none_or(|own| own == method)
            && self.segments.len() == path.len()
            && self.segments.iter().zip(path).all(|(segment, part)| match segment {
                Segment::Literal(literal) => literal == part,
                // Also an empty part: the function judges what a parameter holds.
                Segment::Parameter(_) => true,
            })
    }

    fn parameters(&self, path: &[&str]) -> BTreeMap<String, String> {
        let pairs = self.segments.iter().zip(path).filter_map(|(segment, part)| match segment {
            Segment::Parameter(name) => Some((name.clone(), percent_decode_str(part).decode_utf8_lossy().into_owned())),
            Segment::Literal(_) => None,
        });
        pairs.collect()
    }
}

impl Segment {
    fn parse(part: &str) -> Self {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => Self::Parameter(name.to_owned()),
            None => Self::Literal(part.to_owned()),
        }
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn routes() -> Routes {
        let keys = [
            "POST /v1/invoices/{invoice}/emails",
            "GET /v1/invoices/{invoice}/emails",
            "ANY /v1/invoices/{invoice}/emails",
            "ANY /v1/reports/{report}",
            "GET /v1/reports/invoice-emails",
            "ANY /v1/{section}/invoice-emails",
            "ANY /o/{token}",
            "$default",
        ];
        let definition =
            |key: &&str| RouteDefinition { route_key: (*key).to_owned(), function: String::new(), jwt: false };
        Routes::new(&keys.iter().map(definition).collect::<Vec<_>>())
    }

    fn find(method: &str, path: &str) -> (String, Vec<(String, String)>) {
        let routes = routes();
        let found = routes.find(method, path).unwrap();
        (found.route.route_key.clone(), found.parameters.into_iter().collect())
    }

    #[test]
    fn the_most_specific_route_wins() {
        for (method, path, key) in [
            ("GET", "/v1/invoices/1042/emails", "GET /v1/invoices/{invoice}/emails"),
            ("POST", "/v1/invoices/1042/emails", "POST /v1/invoices/{invoice}/emails"),
            ("DELETE", "/v1/invoices/1042/emails", "ANY /v1/invoices/{invoice}/emails"),
            ("GET", "/v1/reports/invoice-emails", "GET /v1/reports/invoice-emails"),
            ("PUT", "/v1/reports/invoice-emails", "ANY /v1/reports/{report}"),
            ("GET", "/v1/reports/other", "ANY /v1/reports/{report}"),
            ("GET", "/v1/elsewhere/invoice-emails", "ANY /v1/{section}/invoice-emails"),
            ("GET", "/v1/reports/invoice-emails/", "$default"),
            ("GET", "/V1/reports/invoice-emails", "$default"),
            ("GET", "//o/x", "$default"),
            ("GET", "/", "$default"),
        ] {
            assert_eq!(find(method, path).0, key, "{method} {path}");
        }
    }

    #[test]
    fn parameters_are_decoded_and_may_be_empty() {
        let parameter = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        assert_eq!(find("GET", "/v1/invoices/a%20b%2Fc/emails").1, parameter("invoice", "a b/c"));
        assert_eq!(find("GET", "/v1/invoices//emails").1, parameter("invoice", ""));
        assert_eq!(find("GET", "/o/").1, parameter("token", ""));
        assert_eq!(find("HEAD", "/o/abc.gif").1, parameter("token", "abc.gif"));
        assert_eq!(find("GET", "/nowhere").1, []);
    }

    #[test]
    fn without_a_default_a_path_may_lead_nowhere() {
        assert_eq!(Routes::new(&[]).find("GET", "/"), None);
    }
}
