//! Composed e-mails, as a mail program reads them.

use domain::address::{MAX_NAME_CHARS, Mailbox, parse_list};
use domain::message::{ComposeError, MAX_BODY_BYTES, MAX_MESSAGE_CHARS, MAX_SUBJECT_CHARS, alternatives, compose};
use mail_parser::{Address as Addresses, Message, MessageParser};

use crate::letter::Draft;
use crate::parts::{given, parts};

/// The longest line of a mail (RFC 5322, 2.1.1).
const MAX_LINE_BYTES: usize = 998;

/// A subject, the names of the firm, of who gets it and of who gets answers, addresses in copy, a message, and HTML and a
/// text of the caller's own. Either the mail is refused for a control character or a length, or a mail program reads just
/// what was written, and no header that was not.
pub fn mime(data: &[u8]) {
    let [subject, firm_name, name, reply_name, cc, message, html, text] = parts::<8>(data);
    // As long as requests and settings let them be.
    let names = [&firm_name, &name, &reply_name];
    let over = names.iter().any(|name| name.chars().count() > MAX_NAME_CHARS)
        || message.chars().count() > MAX_MESSAGE_CHARS
        || html.len() > MAX_BODY_BYTES
        || text.len() > MAX_BODY_BYTES;
    let Ok(cc) = parse_list(&cc) else { return };
    if over {
        return;
    }
    let named = |name: &str, address: &str| Mailbox {
        name: given(name).map(str::to_owned),
        address: address.parse().expect("an address"),
    };
    let draft = Draft {
        from: named("", "invoices@example.com"),
        reply_to: given(&reply_name).map(|name| named(name, "bob@example.com")),
        to: vec![named(&name, "ann@example.com")],
        cc,
        subject,
        firm_name,
        message: given(&message).map(str::to_owned),
        html: given(&html).map(str::to_owned),
        text: given(&text).map(str::to_owned),
        ..Draft::default()
    };
    for tracks in [true, false] {
        match draft.with(tracks, compose) {
            Ok(raw) => {
                assert_eq!(raw, draft.with(tracks, compose).expect("it was composed before"), "composed otherwise");
                reads(&draft, tracks, &raw);
            }
            Err(ComposeError::ControlCharacter(_)) => {
                let texts = [&draft.subject, &draft.firm_name, &name, &reply_name];
                assert!(texts.iter().any(|text| text.contains(char::is_control)), "{texts:?}");
            }
            Err(ComposeError::SubjectTooLong) => assert!(draft.subject.chars().count() > MAX_SUBJECT_CHARS),
            Err(error) => panic!("{error}"),
        }
    }
}

fn reads(draft: &Draft, tracks: bool, raw: &[u8]) {
    is_well_formed(raw);
    let message = MessageParser::default().parse(raw).expect("a mail");
    assert_eq!(header_names(raw), expected_headers(draft), "{}", String::from_utf8_lossy(raw));
    let subject = message.subject().unwrap_or_default();
    assert_eq!(subject.trim(), draft.subject.trim());
    let from = Mailbox { name: given(draft.firm_name.trim()).map(str::to_owned), ..draft.from.clone() };
    are(message.from(), std::slice::from_ref(&from));
    are(message.reply_to(), draft.reply_to.as_slice());
    are(message.to(), &draft.to);
    are(message.cc(), &draft.cc);

    assert_eq!(message.parts.len(), 3, "{:?}", message.parts);
    let says = draft.with(tracks, alternatives).expect("it was composed");
    assert_eq!(part(&message, 1), lines(&says.text));
    assert_eq!(part(&message, 2), lines(&says.html));
}

/// Nothing but ASCII in lines that end as they must, none too long.
fn is_well_formed(raw: &[u8]) {
    let text = std::str::from_utf8(raw).expect("ASCII");
    assert!(text.is_ascii() && !text.contains('\0'), "{text}");
    for line in text.split("\r\n") {
        assert!(line.len() <= MAX_LINE_BYTES, "{} bytes: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "a bare line end in {line:?}");
    }
}

fn header_names(raw: &[u8]) -> Vec<&str> {
    let text = std::str::from_utf8(raw).expect("ASCII");
    let (head, _) = text.split_once("\r\n\r\n").expect("a head and a body");
    let starts = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    starts.map(|line| line.split_once(':').expect("a header").0).collect()
}

fn expected_headers(draft: &Draft) -> Vec<&'static str> {
    let reply_to = draft.reply_to.is_some().then_some("Reply-To");
    let cc = (!draft.cc.is_empty()).then_some("Cc");
    let first = std::iter::once("From").chain(reply_to).chain(["To"]).chain(cc);
    let rest = ["Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"];
    first.chain(rest).chain(["MIME-Version", "Content-Type"]).collect()
}

fn are(read: Option<&Addresses<'_>>, written: &[Mailbox]) {
    let read: Vec<_> = read
        .into_iter()
        .flat_map(Addresses::iter)
        .map(|one| (one.name().map(str::trim).and_then(given).map(str::to_owned), one.address().unwrap_or_default()))
        .collect();
    let name = |mailbox: &Mailbox| mailbox.name.as_deref().map(str::trim).and_then(given).map(str::to_owned);
    let written: Vec<_> = written.iter().map(|mailbox| (name(mailbox), mailbox.address.as_str())).collect();
    assert_eq!(read, written);
}

fn part(message: &Message<'_>, index: u32) -> String {
    lines(message.part(index).and_then(|part| part.text_contents()).expect("a text"))
}

/// Line ends are not told apart, nor is how many of them stand at the end.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim_end_matches('\n').to_owned()
}
