//! The floor of `web`: the page, and no SDK.

use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::{Body, Error, Request, Response, service_fn};

const PAGE: &str = include_str!("../../../../functions/web/dist/index.html");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let answer = |_: Request| async {
        let page = Response::builder().header(CONTENT_TYPE, "text/html; charset=utf-8").body(Body::from(PAGE));
        page.map_err(Error::from)
    };
    lambda_http::run(service_fn(answer)).await
}
