//! The caller's own HTML: what tracking adds to it, and what it says as text.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use lol_html::errors::RewritingError;
use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, end_tag, rewrite_str};
use url::Url;

use super::{Links, MAX_BODY_BYTES, MAX_TRACKED_LINKS};
use crate::facts::MAX_URL_BYTES;

/// The most tags that are laid out as text, several times what a page of [`MAX_BODY_BYTES`] needs. Laying out nested
/// elements takes time with the square of their number: 11,000 of them over a second, for each copy.
const MAX_TEXT_TAGS: usize = 4_000;

/// The longest text made from HTML. Nested tables can grow to twenty times their source; a page of words does not grow
/// but for the links at its end, of which there are at most 250.
const MAX_TEXT_BYTES: usize = 4 * MAX_BODY_BYTES;

/// The width of a text made from HTML: RFC 3676 advises 78 characters at most.
const TEXT_WIDTH: usize = 78;

/// The 1x1 image. Not hidden by style, or some programs would not load it; without a description, so that screen readers
/// pass over it.
pub(super) fn pixel(url: &str) -> String {
    format!(
        "<img src=\"{}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;width:1px;height:1px;border:0\">",
        htmlize::escape_attribute(url)
    )
}

/// The HTML with the recipient's pixel and links, or unchanged where the e-mail is not tracked.
///
/// HTML of any kind is taken: where it is too broken to be rewritten it only gets the pixel.
pub(super) fn with_tracking(html: &str, links: &Links<'_>) -> String {
    let pixel = links.pixel_url.as_deref().map(pixel);
    if pixel.is_none() && links.track_link.is_none() {
        return html.to_owned();
    }
    rewrite(html, pixel.as_deref(), links).unwrap_or_else(|_| at_start(html, pixel.as_deref()))
}

/// Where the pixel goes: as early in the body as can be, because mail programs cut long mails off at the end. In the
/// order of preference, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Before everything: a fragment.
    AtStart,
    /// Right after `<html>`.
    InHtml,
    /// Right after `</head>`, where the body begins without a tag.
    AfterHead,
    /// Right after `<body>`.
    InBody,
}

impl Place {
    fn of(html: &str) -> Result<Self, RewritingError> {
        let best = Rc::new(Cell::new(Self::AtStart));
        let seen = |place: Self| best.set(best.get().max(place));
        let settings = RewriteStrSettings::new()
            .with_strict(false)
            .append_element_content_handler(element!("html", |html| {
                if is_of_page(html) {
                    seen(Self::InHtml);
                }
                Ok(())
            }))
            .append_element_content_handler(element!("head", |head| {
                if !is_of_page(head) {
                    return Ok(());
                }
                let best = Rc::clone(&best);
                head.on_end_tag(end_tag!(move |_| {
                    best.set(best.get().max(Self::AfterHead));
                    Ok(())
                }))?;
                Ok(())
            }))
            .append_element_content_handler(element!("body", |body| {
                if is_of_page(body) {
                    seen(Self::InBody);
                }
                Ok(())
            }));
        rewrite_str(html, settings)?;
        Ok(best.get())
    }
}

/// Whether the element is HTML's own, and not one of that name within a drawing or a formula: an image there would end
/// them, so that what follows was read as something else.
fn is_of_page(element: &Element<'_, '_>) -> bool {
    element.namespace_uri() == "http://www.w3.org/1999/xhtml"
}

fn rewrite(html: &str, pixel: Option<&str>, links: &Links<'_>) -> Result<String, RewritingError> {
    let place = Place::of(html)?;
    let missing = Cell::new(pixel);
    let tracked = RefCell::new(Tracked::default());
    let mut settings =
        RewriteStrSettings::new().with_strict(false).append_element_content_handler(element!("a[href]", |link| {
            let replacement =
                link.get_attribute("href").and_then(|href| tracked.borrow_mut().replacement(&href, links));
            if let Some(replacement) = replacement {
                link.set_attribute("href", &htmlize::escape_attribute(&replacement))?;
            }
            Ok(())
        }));
    let insertion = match place {
        Place::InBody => Some("body"),
        Place::AfterHead => Some("head"),
        Place::InHtml => Some("html"),
        Place::AtStart => None,
    };
    if let Some(selector) = insertion {
        settings = settings.append_element_content_handler(element!(selector, |element| {
            if is_of_page(element)
                && let Some(pixel) = missing.take()
            {
                match place {
                    Place::AfterHead => element.after(pixel, ContentType::Html),
                    _ => element.prepend(pixel, ContentType::Html),
                }
            }
            Ok(())
        }));
    }
    let rewritten = rewrite_str(html, settings)?;
    // Where broken HTML never closes the element, or closes it at once, the rewriter drops what was to go beside or into it.
    let is_placed = |pixel: &str| rewritten.matches(pixel).count() > html.matches(pixel).count();
    Ok(at_start(&rewritten, pixel.filter(|pixel| !is_placed(pixel))))
}

/// The HTML with the pixel before everything but a document type, which only counts in the first place.
fn at_start(html: &str, pixel: Option<&str>) -> String {
    const DOCTYPE: &str = "<!doctype";
    let pixel = pixel.unwrap_or_default();
    let trimmed = html.trim_start();
    let has_doctype = trimmed.get(..DOCTYPE.len()).is_some_and(|start| start.eq_ignore_ascii_case(DOCTYPE));
    match html.split_once('>') {
        Some((doctype, rest)) if has_doctype => format!("{doctype}>{pixel}{rest}"),
        _ => format!("{pixel}{html}"),
    }
}

/// The links that were replaced so far.
#[derive(Default)]
struct Tracked {
    count: u8,
    /// Two links to one target share an index, so that the indexes that were clicked count distinct targets.
    indexes: HashMap<String, u8>,
}

impl Tracked {
    /// The address that replaces a link's, or None where the link stays: not http or https, too long, ours, or too many.
    fn replacement(&mut self, href: &str, links: &Links<'_>) -> Option<String> {
        let track_link = links.track_link?;
        let href = htmlize::unescape_attribute(href);
        // As a browser would ask for it: without blanks around it, ASCII. Relative links fail here.
        let target: String = Url::parse(&href).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?.into();
        let ours = href.trim() == links.unsubscribe_url;
        if target.len() > MAX_URL_BYTES || ours || self.count == MAX_TRACKED_LINKS {
            return None;
        }
        self.count += 1;
        let next = u8::try_from(self.indexes.len()).ok()?;
        let index = *self.indexes.entry(target.clone()).or_insert(next);
        Some(track_link(index, &target))
    }
}

/// What the HTML says, laid out as text, with its links as footnotes. None where it says nothing, or where the text would
/// cost more than it is worth.
pub(super) fn as_text(html: &str) -> Option<String> {
    let tags = html.as_bytes().windows(2).filter(|pair| pair[0] == b'<' && pair[1].is_ascii_alphabetic()).count();
    if tags > MAX_TEXT_TAGS {
        return None;
    }
    html2text::config::plain()
        .allow_width_overflow()
        // A link broken at the width leads nowhere.
        .no_link_wrapping()
        .link_footnotes(true)
        .string_from_read(html.as_bytes(), TEXT_WIDTH)
        .ok()
        .filter(|text| !text.trim().is_empty() && text.len() <= MAX_TEXT_BYTES)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn each_tracked_link_stands_whole_in_the_text() {
        // Sealed tokens with long targets: several times the width of a line.
        let tracked =
            |index: u8, target: &str| format!("https://t.example.com/c/{index}{}{}", "aB-_".repeat(80), target.len());
        let links = Links { track_link: Some(&tracked), ..Links::default() };
        let target = |index: u8| format!("https://x.example/{}", "y".repeat(usize::from(index) * 40));
        let own: String = (0..5)
            .map(|index| {
                format!(
                    "<p>Some words before <a href=\"{0}\">the invoice</a> and words after it.</p>\
                     <blockquote><ul><li><table><tr><td><a href=\"{0}\">again</a></td><td>b</td></tr></table></li></ul></blockquote>",
                    target(index)
                )
            })
            .collect();
        let text = as_text(&with_tracking(&own, &links)).unwrap();
        for index in 0..5 {
            let url = tracked(index, &target(index));
            assert!(text.lines().any(|line| line.split_whitespace().any(|word| word == url)), "{url} is not in {text}");
        }
        assert_eq!(text.matches("/c/").count(), text.matches(&"aB-_".repeat(80)).count(), "{text}");
    }
}
