//! A mail's HTML as a program in light or in dark mode shows it, whatever the browser's own mode: the mail's media
//! queries and its `color-scheme` are decided here.

use std::cell::RefCell;

use lol_html::errors::RewritingError;
use lol_html::html_content::{ContentType, TextChunk};
use lol_html::{RewriteStrSettings, element, rewrite_str, text};
use regex_lite::{Captures, Regex};

/// A mode of the program that shows a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    /// The mode of that name.
    pub(super) fn of(name: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|scheme| scheme.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The HTML in this mode; HTML that is too broken to be rewritten stays as it is.
    pub(super) fn decide(self, html: &str) -> String {
        self.rewrite(html).unwrap_or_else(|_| html.to_owned())
    }

    fn rewrite(self, html: &str) -> Result<String, RewritingError> {
        // A style sheet may come in several chunks; it is replaced at the last one.
        let sheet = RefCell::new(String::new());
        let settings = RewriteStrSettings::new()
            .with_strict(false)
            .append_element_content_handler(text!("style", |chunk: &mut TextChunk<'_>| {
                let mut sheet = sheet.borrow_mut();
                sheet.push_str(chunk.as_str());
                if chunk.last_in_text_node() {
                    chunk.replace(&self.in_css(&std::mem::take(&mut *sheet)), ContentType::Html);
                } else {
                    chunk.remove();
                }
                Ok(())
            }))
            .append_element_content_handler(element!("[style]", |styled| {
                if let Some(style) = styled.get_attribute("style").filter(|style| style.contains("color-scheme")) {
                    styled.set_attribute("style", &self.in_css(&style))?;
                }
                Ok(())
            }))
            .append_element_content_handler(element!("[media]", |styled| {
                if let Some(media) = styled.get_attribute("media") {
                    styled.set_attribute("media", &self.in_css(&media))?;
                }
                Ok(())
            }))
            .append_element_content_handler(element!("meta[name='color-scheme' i]", |meta| {
                if meta.get_attribute("content").is_some_and(|content| takes_both(&content)) {
                    meta.set_attribute("content", self.name())?;
                }
                Ok(())
            }));
        rewrite_str(html, settings)
    }

    /// Style sheets and media queries with both questions answered: what the reader prefers, and which of two schemes
    /// the canvas takes.
    fn in_css(self, css: &str) -> String {
        let Ok(query) = Regex::new(r"(?i)\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)") else {
            return css.to_owned();
        };
        let Ok(scheme) = Regex::new(r"(?i)(^|[^\w-])(color-scheme\s*:)([^;}!]*)") else { return css.to_owned() };
        // A width is never negative.
        let answered = query.replace_all(css, |found: &Captures<'_>| {
            if found[1].eq_ignore_ascii_case(self.name()) { "(min-width: 0)" } else { "(max-width: 0)" }
        });
        let decided = scheme.replace_all(&answered, |found: &Captures<'_>| match takes_both(&found[3]) {
            true => format!("{}{} {}", &found[1], &found[2], self.name()),
            false => found[0].to_owned(),
        });
        decided.into_owned()
    }
}

fn takes_both(schemes: &str) -> bool {
    let schemes = schemes.to_ascii_lowercase();
    schemes.contains("light") && schemes.contains("dark")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mails_own_questions_are_answered() {
        let html = "<meta name=\"Color-Scheme\" content=\"light dark\"><style>:root { color-scheme: light dark; \
            supported-color-schemes: light dark; } @media (prefers-color-scheme: dark) { p > a { color: red } }</style>\
            <link media=\"screen and (Prefers-Color-Scheme:light)\"><p style=\"color-scheme:dark light;margin:0\">x";
        assert_eq!(
            Scheme::Dark.decide(html),
            "<meta name=\"Color-Scheme\" content=\"dark\"><style>:root { color-scheme: dark; \
            supported-color-schemes: light dark; } @media (min-width: 0) { p > a { color: red } }</style>\
            <link media=\"screen and (max-width: 0)\"><p style=\"color-scheme: dark;margin:0\">x"
        );
        assert!(Scheme::Light.decide(html).contains("@media (max-width: 0)"));
    }

    #[test]
    fn what_a_mail_decides_itself_stays() {
        for html in [
            "<meta name=\"color-scheme\" content=\"light\"><style>:root{color-scheme:light only}</style>",
            "<p>(prefers-color-scheme: dark) is a media query, color-scheme: light dark a declaration</p>",
            "<p>x",
            "",
        ] {
            assert_eq!(Scheme::Dark.decide(html), html);
        }
    }

    #[test]
    fn schemes_have_names() {
        assert_eq!(
            (Scheme::of("dark"), Scheme::of("light"), Scheme::of("")),
            (Some(Scheme::Dark), Some(Scheme::Light), None)
        );
    }
}
