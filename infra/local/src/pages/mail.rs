//! One recipient's copy of a mail, in the ways in which one can look at it.

use askama::Template;
use domain::ids::RecipientKey;
use serde_json::Value;

use super::list::color;
use super::parts::{self, Shown};
use super::plays::{PROGRAMS, Program, STEPS, Target};
use super::said::{Said, history_path};
use super::shown_at;
use crate::clock;
use crate::ses::events::Step;
use crate::ses::mailbox::{Happening, Mail, What};

/// So much of a part or of the source is shown; a browser lays out a text of megabytes for seconds. The download has all.
const MOST_SHOWN_BYTES: usize = 256 * 1024;

/// A way to look at a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum View {
    #[default]
    Light,
    Dark,
    WithoutImages,
    Text,
    Headers,
    Source,
    Events,
}

impl View {
    const ALL: [Self; 7] =
        [Self::Light, Self::Dark, Self::WithoutImages, Self::Text, Self::Headers, Self::Source, Self::Events];

    /// The value of the parameter `view`; the first view needs none.
    fn name(self) -> &'static str {
        match self {
            Self::Light => "",
            Self::Dark => "dark",
            Self::WithoutImages => "without-images",
            Self::Text => "text",
            Self::Headers => "headers",
            Self::Source => "source",
            Self::Events => "events",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Light => "HTML, light",
            Self::Dark => "HTML, dark",
            Self::WithoutImages => "Without images",
            Self::Text => "Text",
            Self::Headers => "Headers",
            Self::Source => "Source",
            Self::Events => "Events",
        }
    }

    /// The view of that name, else the first.
    pub(super) fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|view| view.name() == name).unwrap_or_default()
    }

    fn is_frame(self) -> bool {
        matches!(self, Self::Light | Self::Dark | Self::WithoutImages)
    }
}

/// Where a view is.
pub(super) fn href(id: &str, view: View) -> String {
    let mark = if view.name().is_empty() { "" } else { "?view=" };
    format!("/mailbox/{id}{mark}{}", view.name())
}

/// What is known of a mail besides itself.
pub(super) struct Known {
    pub(super) owner: Option<RecipientKey>,
    /// What the API says of the recipient, or a sentence on why it says nothing.
    pub(super) said: Result<Said, String>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'mail> {
    page: &'static str,
    mail: &'mail Mail,
    envelope: String,
    shown: Shown,
    accepted_at: String,
    accepted_shown_at: String,
    /// No header names the recipient.
    is_hidden: bool,
    owner: Option<&'mail RecipientKey>,
    kind: &'static str,
    history: Option<String>,
    said: &'mail Result<Said, String>,
    view: View,
    views: Vec<(View, String)>,
    has_html: bool,
    has_pixel: bool,
    has_link: bool,
    /// What the view shows as text.
    text: Option<Cut<'mail>>,
    headers: Vec<(String, String)>,
    lines: Vec<Line>,
    programs: &'static [Program],
    steps: &'static [(&'static str, &'static str, Step)],
}

/// A text, or its beginning.
struct Cut<'text> {
    text: &'text str,
    is_whole: bool,
}

impl<'text> Cut<'text> {
    fn of(text: &'text str) -> Self {
        let end = text.floor_char_boundary(MOST_SHOWN_BYTES);
        Self { text: &text[..end], is_whole: end == text.len() }
    }
}

/// One thing that happened.
struct Line {
    at: String,
    shown_at: String,
    color: &'static str,
    label: String,
    /// The event as JSON, laid out.
    json: Option<String>,
}

impl Page<'_> {
    fn href(&self, view: View) -> String {
        href(&self.mail.message_id, view)
    }

    fn frame(&self) -> String {
        let query = match self.view {
            View::Dark => "?scheme=dark",
            View::WithoutImages => "?scheme=light&images=none",
            _ => "?scheme=light",
        };
        format!("/mailbox/{}/html{query}", self.mail.message_id)
    }

    fn readers(&self) -> Vec<&'static Program> {
        self.programs.iter().filter(|program| program.target == Target::Pixel).collect()
    }

    fn clickers(&self) -> Vec<&'static Program> {
        self.programs.iter().filter(|program| program.target == Target::Link).collect()
    }
}

/// The page of a mail of the stack at `url`.
pub(super) fn page(mail: &Mail, known: &Known, view: View, url: &str) -> Result<String, askama::Error> {
    let message = parts::parse(mail);
    let (html, text) = (parts::html(&message), parts::text(&message));
    let shown = Shown::of(mail);
    let id = &mail.message_id;
    Page {
        page: "mail",
        mail,
        envelope: mail.envelope_to.join(", "),
        accepted_at: clock::rfc3339(mail.accepted_at),
        accepted_shown_at: shown_at(mail.accepted_at),
        is_hidden: mail.envelope_to.iter().any(|address| !shown.names(address)),
        shown,
        owner: known.owner.as_ref(),
        kind: known.owner.as_ref().map_or("", |key| super::kind(key.position.kind)),
        history: known.owner.as_ref().map(history_path),
        said: &known.said,
        view,
        views: View::ALL.into_iter().map(|view| (view, href(id, view))).collect(),
        has_html: html.is_some(),
        has_pixel: html.and_then(|html| parts::pixel(html, url)).is_some(),
        has_link: html.and_then(|html| parts::link(html, url)).is_some(),
        text: match view {
            View::Text => text.map(Cut::of),
            View::Source => Some(Cut::of(&mail.raw)),
            _ => None,
        },
        headers: if view == View::Headers { parts::headers(&message) } else { Vec::new() },
        lines: if view == View::Events { lines(&mail.life.in_order()) } else { Vec::new() },
        programs: &PROGRAMS,
        steps: &STEPS,
    }
    .render()
}

fn lines(life: &[Happening]) -> Vec<Line> {
    let line = |happening: &Happening| {
        let (color, label, json) = match &happening.what {
            What::Published { kind, json } => (color(kind), kind.clone(), Some(laid_out(json))),
            What::Shown => ("opened", "Shown here, its pixel loaded".to_owned(), None),
            What::Played(deed) => ("queued", (*deed).to_owned(), None),
        };
        Line {
            at: clock::rfc3339(happening.at),
            shown_at: happening.at.strftime("%-d %b %Y, %H:%M:%S%.3f").to_string(),
            color,
            label,
            json,
        }
    };
    life.iter().map(line).collect()
}

fn laid_out(json: &str) -> String {
    let value = serde_json::from_str::<Value>(json);
    value.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| json.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::collections::BTreeMap;

    fn example(raw: &str) -> Mail {
        Mail {
            message_id: "0107-id".to_owned(),
            envelope_to: vec!["\"<b>\"@example.com".to_owned()],
            from: "billing@roe-partners.example".to_owned(),
            subject: "<script>alert(1)</script>".to_owned(),
            tags: BTreeMap::from([("token".to_owned(), "a\"b".to_owned())]),
            raw: raw.to_owned(),
            ..Mail::default()
        }
    }

    fn shown(raw: &str, view: View) -> String {
        let known = Known { owner: None, said: Err("<b>no</b>".to_owned()) };
        page(&example(raw), &known, view, "http://127.0.0.1:9").unwrap()
    }

    #[test]
    fn what_a_mail_says_is_never_markup_of_the_page() {
        let raw = "Subject: <script>x</script>\r\nX-Odd: <script>\r\nContent-Type: text/html\r\n\r\n\
            <p onclick=x>Hello</p></textarea><script>y</script>";
        for view in View::ALL {
            let page = shown(raw, view);
            assert!(!page.contains("<script>") && !page.contains("<b>") && !page.contains("<p onclick"), "{page}");
        }
        let plain = "Subject: x\r\n\r\n</pre><script>y</script>";
        assert!(shown(plain, View::Text).contains("&#60;/pre&#62;&#60;script&#62;y"));
    }

    #[test]
    fn only_html_with_its_images_is_in_a_frame_that_loads_them() {
        let raw = "Content-Type: text/html\r\n\r\n<img src=\"http://127.0.0.1:9/o/abc.gif\">";
        for (view, source) in [
            (View::Light, Some("src=\"/mailbox/0107-id/html?scheme=light\"")),
            (View::Dark, Some("src=\"/mailbox/0107-id/html?scheme=dark\"")),
            (View::WithoutImages, Some("src=\"/mailbox/0107-id/html?scheme=light&#38;images=none\"")),
            (View::Text, None),
            (View::Headers, None),
            (View::Source, None),
            (View::Events, None),
        ] {
            let page = shown(raw, view);
            assert_eq!(page.contains("<iframe"), source.is_some(), "{view:?}");
            assert!(source.is_none_or(|source| page.contains(source)), "{view:?}: {page}");
            assert!(page.contains(&format!("href=\"{}\" aria-current=\"page\"", href("0107-id", view))), "{view:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = format!("x{}", "ü".repeat(MOST_SHOWN_BYTES));
        let cut = Cut::of(&text);
        assert_eq!((cut.text.len(), cut.is_whole), (MOST_SHOWN_BYTES - 1, false));
        assert!(Cut::of("short").is_whole);
    }

    #[test]
    fn views_have_names_of_their_own() {
        for view in View::ALL {
            assert_eq!(View::of(view.name()), view);
        }
        assert_eq!(View::of("<nonsense>"), View::Light);
    }
}
