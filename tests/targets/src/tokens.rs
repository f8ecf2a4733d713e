//! Tokens: what anybody can write after `/o/`, `/c/`, `/u/` and `/p/`, and into a tag.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{Firm, Invoice, Position, RecipientKey, SendId};
use domain::token::{MAX_TOKEN_LENGTH, Purpose, TokenError, TokenKeys};

use crate::parts::{number, parts};
use crate::world::with_table;

const PURPOSES: [Purpose; 6] =
    [Purpose::Tag, Purpose::Open, Purpose::Click, Purpose::Unsubscribe, Purpose::Portal, Purpose::Cursor];

/// A text that is tried as a token, what is sealed, for what purpose and where to change it, and the ids of a recipient.
/// What opens is exactly what was sealed; nothing else opens anything.
pub fn tokens(data: &[u8]) {
    let [forged, sealed, context, purpose, place, firm, invoice, link] = parts::<8>(data);
    let purpose = PURPOSES[number(&purpose) % PURPOSES.len()];
    with_table(Vec::new(), |world| {
        let keys = &world.keys;
        forgery(keys, &forged, context.as_bytes());
        comes_back(keys, purpose, context.as_bytes(), sealed.as_bytes(), number(&place));
        if let (Ok(firm), Ok(invoice)) = (firm.parse::<Firm>(), invoice.parse::<Invoice>()) {
            let seed = u128::try_from(number(&place)).unwrap_or_default();
            let send = SendId::from_bytes((seed << 64 | seed).to_be_bytes());
            let position = Position { kind: domain::ids::Kind::Bcc, index: u8::try_from(place.len() % 100).unwrap() };
            stands_for(keys, &RecipientKey { firm, invoice, send, position }, &link);
        }
    });
    configured(&forged);
}

/// A text that somebody has made up opens nothing; one that opens is the very text that we seal.
fn forgery(keys: &TokenKeys, text: &str, context: &[u8]) {
    for purpose in PURPOSES {
        if let Ok(bytes) = keys.open(purpose, context, text) {
            assert_eq!(keys.seal(purpose, context, &bytes), text, "another text opens, too");
        }
        if let Ok(key) = keys.open_recipient(purpose, text) {
            assert_eq!(keys.seal_recipient(purpose, &key), text, "another text stands for {key:?}");
        }
    }
    if let Ok((key, link, url)) = keys.open_click(text) {
        assert_eq!(keys.seal_click(&key, link, &url), text, "another text leads to {url:?}");
    }
}

fn comes_back(keys: &TokenKeys, purpose: Purpose, context: &[u8], bytes: &[u8], place: usize) {
    let token = keys.seal(purpose, context, bytes);
    assert_eq!(token, keys.seal(purpose, context, bytes), "the same is sealed otherwise");
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
    if token.len() > MAX_TOKEN_LENGTH {
        assert_eq!(keys.open(purpose, context, &token), Err(TokenError));
        return;
    }
    assert_eq!(keys.open(purpose, context, &token).as_deref(), Ok(bytes));
    for other in PURPOSES.into_iter().filter(|other| *other != purpose) {
        assert_eq!(keys.open(other, context, &token), Err(TokenError), "{purpose:?} is good for {other:?}");
    }
    let longer = [context, b"x"].concat();
    assert_eq!(keys.open(purpose, &longer, &token), Err(TokenError), "another context is as good");

    let sealed = URL_SAFE_NO_PAD.decode(&token).expect("base64");
    let mut flipped = sealed.clone();
    flipped[place % sealed.len()] ^= 1 << (place % 8);
    let cut = &sealed[..sealed.len() - 1];
    let grown = [&sealed[..], &[0]].concat();
    for changed in [&flipped[..], cut, &grown] {
        assert_eq!(keys.open(purpose, context, &URL_SAFE_NO_PAD.encode(changed)), Err(TokenError), "{place}");
    }
    // The text itself, changed by one character: base64 must not have two texts for the same bytes either.
    let mut text = token.clone().into_bytes();
    let at = place % text.len();
    text[at] = if text[at] == b'A' { b'B' } else { b'A' };
    assert_eq!(keys.open(purpose, context, &String::from_utf8(text).expect("ASCII")), Err(TokenError), "{at}");
}

fn stands_for(keys: &TokenKeys, key: &RecipientKey, url: &str) {
    for purpose in PURPOSES {
        let token = keys.seal_recipient(purpose, key);
        assert_eq!(keys.open_recipient(purpose, &token).as_ref(), Ok(key));
    }
    let click = keys.seal_click(key, 7, url);
    if click.len() <= MAX_TOKEN_LENGTH {
        assert_eq!(keys.open_click(&click), Ok((key.clone(), 7, url.to_owned())));
    }
    assert_eq!(keys.open_recipient(Purpose::Click, &click), Err(TokenError), "a link is taken for a recipient");
}

/// What an operator may have written into the variable: refused in words that hold nothing of a key.
fn configured(text: &str) {
    if let Err(error) = TokenKeys::parse(text) {
        let said = error.to_string();
        assert!(said.len() < 100 && said.is_ascii(), "{said}");
    }
}
