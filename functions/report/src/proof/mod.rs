//! The proof of one e-mail: what a firm hands over when it is disputed that, when or to whom an invoice was sent.
//!
//! It holds what is known of every recipient of a send, with the digests of what was sent and of what SES reported, and
//! is signed. As JSON it is for programs, as a page for people; both carry the same signature over the same bytes.

mod bundle;
mod page;
mod words;

use domain::digest::Digest;
use domain::evidence::Ruleset;
use domain::ids::{Invoice, SendId};
use domain::message::Body as Content;
use domain::signing::{ALGORITHM, SigningKey};
use lambda::parameters::Parameters;
use lambda::problem::{FieldError, Problem};
use lambda::{reply, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Response};
use serde::Serialize;
use table::Table;

use self::bundle::Proof;
use crate::error::ReportError;
use crate::format::Format;
use crate::query::{Asker, RULESET};

/// The largest answer, in bytes. Lambda takes 6 MB, in which each quotation mark of an answer is written as two.
const MAX_ANSWER_BYTES: usize = 4_500_000;

/// A request for a proof.
pub(crate) struct Request<'a> {
    pub(crate) request: &'a lambda_http::Request,
    pub(crate) pairs: Vec<(String, String)>,
    /// Makes the page's style its own.
    pub(crate) random: u128,
    pub(crate) signing_key: &'a SigningKey,
}

/// Which proof is wanted, and how.
#[derive(Debug, PartialEq)]
struct ProofQuery {
    invoice: Invoice,
    send: SendId,
    ruleset: Ruleset,
    format: Format,
}

impl ProofQuery {
    fn read(
        invoice: Result<Invoice, FieldError>,
        send: Result<SendId, FieldError>,
        pairs: Vec<(String, String)>,
        accept: &str,
    ) -> Result<Self, Vec<FieldError>> {
        let mut parameters = Parameters::new(pairs, &[RULESET, "format"]);
        let ruleset = parameters.parsed(RULESET).unwrap_or_default();
        let format = Format::of(&mut parameters, accept, Format::Html);
        match (parameters.keep(invoice), parameters.keep(send)) {
            (Some(invoice), Some(send)) if parameters.are_valid() => Ok(Self { invoice, send, ruleset, format }),
            _ => Err(parameters.into_errors()),
        }
    }
}

/// What goes along with a proof, so that anybody can verify it.
#[derive(Debug, Serialize)]
struct Signature {
    algorithm: &'static str,
    key_id: String,
    public_key: String,
    jws: String,
}

impl Signature {
    fn of(payload: &str, key: &SigningKey) -> Self {
        let public = key.public();
        let jws = key.sign(payload.as_bytes());
        Self { algorithm: ALGORITHM, key_id: public.id(), public_key: public.to_string(), jws }
    }
}

/// Answers `GET /v1/invoices/{invoice}/emails/{send}/proof`: one `Query` for the recipients and one `GetItem` for the
/// content, and for the page one more for the firm's time zone.
pub(crate) async fn answer(table: &Table, asked: Request<'_>, asker: Asker<'_>) -> Result<Response<Body>, ReportError> {
    let invoice = request::parsed_path_parameter(asked.request, "invoice");
    let send = request::parsed_path_parameter(asked.request, "send");
    let accept = request::header(asked.request, "accept").unwrap_or_default();
    let ProofQuery { invoice, send, ruleset, format } = ProofQuery::read(invoice, send, asked.pairs, accept)?;
    let whole = table.whole_send(asker.firm, &invoice, send).await?;
    let whole = whole.ok_or_else(|| Problem::not_found("This invoice has no such e-mail."))?;
    let content = table.body(asker.firm, &invoice, send).await?;
    let body_sha256 = content.as_ref().map(body_digest).transpose()?;
    let proof = Proof::of(asker.firm, &invoice, send, &whole, body_sha256, ruleset, asker.now);
    let payload = serde_json::to_string(&proof)?;
    let signature = Signature::of(&payload, asked.signing_key);
    match format {
        Format::Html => {
            let settings = table.settings(asker.firm).await?.value;
            let firm_name = content.as_ref().map_or(settings.name_of(asker.firm), |content| &content.firm_name);
            let page = page::html(&proof, &signature, firm_name, &settings.timezone, asked.random)?;
            fitting(page.text.len(), MAX_ANSWER_BYTES)?;
            Ok(page.into_response())
        }
        Format::Json | Format::Csv => {
            // Put together as text: the proof that is read is the very text that is signed.
            let text = format!(r#"{{"proof":{payload},"signature":{}}}"#, serde_json::to_string(&signature)?);
            fitting(text.len(), MAX_ANSWER_BYTES)?;
            Ok(reply::json_text(StatusCode::OK, text))
        }
    }
}

/// A proof is whole or none: nothing is left out of it to make it fit.
fn fitting(bytes: usize, most: usize) -> Result<(), Problem> {
    if bytes <= most {
        return Ok(());
    }
    Err(Problem::too_large(format!("The proof of this e-mail has {bytes} bytes, and an answer may have {most}.")))
}

/// What the sender wrote, as it is digested: members by the alphabet and no white space, which is the canonical form of
/// RFC 8785 for texts.
#[derive(Serialize)]
struct Written<'a> {
    html: Option<&'a str>,
    message: Option<&'a str>,
    subject: &'a str,
    text: Option<&'a str>,
}

fn body_digest(content: &Content) -> Result<Digest, serde_json::Error> {
    let written = Written {
        html: content.html.as_deref(),
        message: content.message.as_deref(),
        subject: &content.subject,
        text: content.text.as_deref(),
    };
    serde_json::to_vec(&written).map(|bytes| Digest::of(&bytes))
}

#[cfg(test)]
mod tests;
