//! Cursors: what comes back of the places at which pages end.

use domain::evidence::Ruleset;
use domain::ids::Firm;
use domain::token::Purpose;
use lambda::cursor::{self, Context};
use lambda_http::http::StatusCode;
use lambda_http::request::from_str;
use lambda_http::{Body, Response};
use serde_json::json;
use table::Place;
use url::form_urlencoded;

use crate::answer::is_whole;
use crate::parts::{number, parts};
use crate::table::stays_within;
use crate::world::{FIRM, World, call, firm, with_table};

/// The listings that go on at a cursor, each with the context of its plainest query.
const LISTINGS: [&str; 6] = [
    "GET /v1/reports/invoice-emails",
    "GET /v1/attention",
    "GET /v1/invoices/{invoice}/emails",
    "GET /v1/clients",
    "GET /v1/suppressions",
    "GET /v1/reports/invoice-emails?invoice",
];

/// Which listing, a text that is tried as a cursor, a place that is sealed into one, and another firm. A cursor that we did
/// not make, or made for another firm, is refused; one that we made leads to the firm's own items, whatever place it holds.
pub fn cursors(data: &[u8]) {
    let [listing, forged, place, other] = parts::<4>(data);
    let listing = LISTINGS[number(&listing) % LISTINGS.len()];
    places(place.as_bytes());
    with_table(Vec::new(), |world| {
        let context = context_of(listing, &firm());
        let ours = world.keys.open(Purpose::Cursor, &[], &forged).is_ok();
        let known = cursor::open(&world.keys, &context, &forged, |_| Some(())).is_ok();
        let response = ask(world, listing, &forged);
        assert!(!ours && (known || forged.is_empty() || refuses(&response)), "{forged:?}: {response:?}");

        let sealed = cursor::seal(&world.keys, &context, place.as_bytes());
        assert_eq!(
            cursor::open(&world.keys, &context, &sealed, |place| Some(place.to_vec())).unwrap(),
            place.as_bytes()
        );
        // Whether the place can be read is for the listing to say.
        ask(world, listing, &sealed);

        if let Ok(other) = other.parse::<Firm>()
            && other != firm()
        {
            let theirs = cursor::seal(&world.keys, &context_of(listing, &other), place.as_bytes());
            let response = ask(world, listing, &theirs);
            assert!(refuses(&response), "the cursor of {other} is taken: {response:?}");
        }
        stays_within(FIRM, &world.asked());
    });
}

/// What is read out of bytes is what was written into them.
fn places(bytes: &[u8]) {
    if let Some(place) = Place::from_bytes(bytes) {
        assert_eq!(Place::from_bytes(&place.to_bytes()), Some(place));
    }
}

fn refuses(response: &Response<Body>) -> bool {
    let text = match response.body() {
        Body::Text(text) => text.as_str(),
        _ => "",
    };
    response.status() == StatusCode::BAD_REQUEST && text.contains("\"pointer\":\"cursor\"")
}

/// As the listings make them; the properties would not hold if this were another one.
fn context_of(listing: &str, firm: &Firm) -> Context {
    let ruleset = Ruleset::default();
    match listing {
        "GET /v1/attention" => Context::new("attention", firm),
        "GET /v1/clients" => Context::new("clients", firm),
        "GET /v1/suppressions" => Context::new("suppressions", firm).with(None),
        "GET /v1/invoices/{invoice}/emails" => {
            Context::new("history", firm).with(Some("1042")).with(Some(ruleset.as_str()))
        }
        report => Context::new("report", firm)
            .with(None)
            .with(None)
            .with(None)
            .with(Some(""))
            .with(None)
            .with(None)
            .with(Some(ruleset.as_str()))
            .with(report.ends_with("invoice").then_some("1042")),
    }
}

/// The listing's answer to a query with this cursor.
fn ask(world: &World, listing: &str, cursor: &str) -> Response<Body> {
    let (route, invoice) = listing.split_once('?').map_or((listing, None), |(route, name)| (route, Some(name)));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("cursor", cursor);
    if let Some(name) = invoice {
        query.append_pair(name, "1042");
    }
    let event = json!({
        "version": "2.0", "routeKey": route, "rawPath": "/", "rawQueryString": query.finish(), "headers": {},
        "pathParameters": { "invoice": "1042" }, "isBase64Encoded": false,
        "requestContext": {
            "http": { "method": "GET", "path": "/" }, "routeKey": route, "stage": "$default", "timeEpoch": 0,
            "authorizer": { "jwt": { "claims": { "custom:firm": FIRM }, "scopes": null } },
        },
    });
    let request = from_str(&event.to_string()).expect("a request as API Gateway makes it");
    let settings = matches!(route, "GET /v1/clients" | "GET /v1/suppressions");
    let response = world.runtime.block_on(async {
        if settings { world.settings.handle(request, call()).await } else { world.report.handle(request, call()).await }
    });
    is_whole(&response);
    assert!(response.status().is_success() || refuses(&response), "{listing}: {response:?}");
    response
}
