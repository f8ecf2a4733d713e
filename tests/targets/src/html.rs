//! The caller's own HTML: what tracking makes of it.

use domain::facts::MAX_URL_BYTES;
use domain::message::{MAX_BODY_BYTES, MAX_TRACKED_LINKS, alternatives};
use lol_html::{RewriteStrSettings, element, rewrite_str};
use std::cell::RefCell;
use std::collections::BTreeMap;
use url::Url;

use crate::letter::{CLICK, Draft, PIXEL, UNSUBSCRIBE};

/// The longest text that is made of HTML: four times the longest HTML, see `domain::message`.
const MAX_TEXT_BYTES: usize = 4 * MAX_BODY_BYTES;

/// HTML. With tracking, it has the pixel once, and each link to the web leads through ours unless it is one of those that
/// the documentation leaves alone; without, it is what was given. What is added is bounded.
pub fn html(data: &[u8]) {
    let own = String::from_utf8_lossy(data).into_owned();
    // Nobody knows the address of a pixel before its e-mail is sent; with it in the input, it could not be counted.
    if own.len() > MAX_BODY_BYTES || own.contains(PIXEL) {
        return;
    }
    let before = links(&own);
    let text = Draft { html: Some(own.clone()), ..Draft::default() }
        .with(true, alternatives)
        .expect("texts always render")
        .text;
    assert!(text.len() <= MAX_TEXT_BYTES, "{} bytes of text of {}", text.len(), own.len());
    // With a text of its own, because that of a page that says nothing has links of its own.
    let draft = Draft { html: Some(own), text: Some("Hi".to_owned()), ..Draft::default() };
    let own = draft.html.as_deref().unwrap_or_default();

    let untracked = draft.with(false, alternatives).expect("texts always render");
    assert_eq!(untracked.html, own, "changed without tracking");
    assert!(draft.tracked.borrow().is_empty());

    let says = draft.with(true, alternatives).expect("texts always render");
    let tracked = draft.tracked.borrow().clone();
    assert_eq!(says, draft.with(true, alternatives).expect("texts always render"), "rewritten otherwise");
    assert_eq!(says.html.matches(PIXEL).count(), 1, "{}", says.html);
    // Besides the pixel and the links, an element with a replaced link gets quotes around its attributes.
    let most = 4 * own.len() + 1_000 + tracked.len() * (CLICK.len() + 3);
    assert!(says.html.len() <= most, "{} bytes of {}", says.html.len(), own.len());
    are_numbered(&tracked);
    if let (Some(before), Some(after)) = (before, links(&says.html)) {
        are_replaced(&before, &after, &tracked);
    }
}

/// Links to one target share a number, and the numbers have no gap.
fn are_numbered(tracked: &[(u8, String)]) {
    assert!(tracked.len() <= usize::from(MAX_TRACKED_LINKS), "{} links", tracked.len());
    let mut numbers: BTreeMap<&str, u8> = BTreeMap::new();
    for (index, target) in tracked {
        let next = u8::try_from(numbers.len()).expect("at most 250");
        assert_eq!(*numbers.entry(target).or_insert(next), *index, "{target}");
        assert!(target.starts_with("http://") || target.starts_with("https://"), "{target}");
        assert!(target.is_ascii() && target.len() <= MAX_URL_BYTES && !target.contains(char::is_control), "{target}");
    }
}

/// The `href` of each `<a>` as it is written; none where the HTML cannot be read in this way, which is where it is only
/// given the pixel.
fn links(html: &str) -> Option<Vec<String>> {
    let found = RefCell::new(Vec::new());
    let settings =
        RewriteStrSettings::new().with_strict(false).append_element_content_handler(element!("a[href]", |link| {
            found.borrow_mut().extend(link.get_attribute("href"));
            Ok(())
        }));
    rewrite_str(html, settings).ok()?;
    Some(found.into_inner())
}

fn are_replaced(before: &[String], after: &[String], tracked: &[(u8, String)]) {
    assert_eq!(before.len(), after.len(), "links came or went");
    let mut replaced = tracked.iter();
    for (own, now) in before.iter().zip(after) {
        let plain = htmlize::unescape_attribute(own);
        let target = Url::parse(&plain).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let stays = target.as_ref().is_none_or(|url| url.as_str().len() > MAX_URL_BYTES)
            || plain.trim() == UNSUBSCRIBE
            || replaced.len() == 0 && tracked.len() == usize::from(MAX_TRACKED_LINKS);
        if stays {
            assert_eq!(own, now, "a link that stays was changed");
        } else {
            let (index, target) = replaced.next().expect("each link to the web is tracked");
            assert_eq!(*now, format!("{CLICK}{index}"), "the link to {target} is {now}");
            assert_eq!(Url::parse(&plain).expect("it was parsed").as_str(), target);
        }
    }
    assert_eq!(replaced.next(), None, "what is no link was tracked");
}
