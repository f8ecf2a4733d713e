//! Evidence: what a fetch of the pixel or of a link says about a person, and how sure one may be.
//!
//! On arrival only [`Facts`] are kept. The verdict is computed whenever the log is folded, so that better rules judge
//! old logs anew. A rule here looks at one request alone.

use std::fmt;

/// The version of the rules below; it changes whenever a verdict on some request changes.
pub const RULESET: &str = "2026-11";

/// What a request to the pixel or to a link told about its sender. Never an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Facts {
    /// What kind of program the `User-Agent` names.
    pub agent: Agent,
    /// The request's method.
    pub method: Method,
    /// A header said that the page was fetched in advance.
    pub prefetch: bool,
    /// A keyed hash of the sender's network (/24 or /48): tells networks apart, names none.
    pub network: u64,
}

/// The method of a request to the pixel or to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Somebody wants the content.
    Get,
    /// Somebody wants to know whether there is content.
    Head,
}

/// What kind of program a `User-Agent` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// No `User-Agent`, or an empty one.
    Missing,
    /// Exactly `Mozilla/5.0`: Apple's Mail Privacy Protection fetches everything on arrival.
    /// <https://support.apple.com/guide/mail/use-mail-privacy-protection-mlhl03be2866/mac>
    AppleProxy,
    /// Gmail's prefetch, with its fixed Chrome 42 / Edge 12 agent.
    GmailPrefetch,
    /// The image proxies of Gmail and Yahoo, which fetch when the mail is shown.
    ImageProxy,
    /// A library, a command-line tool, a headless browser, a bot or a link preview.
    Program,
    /// Anything else: a browser or a mail program, as far as one can see.
    Browser,
}

impl Agent {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 6] =
        [Self::Missing, Self::AppleProxy, Self::GmailPrefetch, Self::ImageProxy, Self::Program, Self::Browser];

    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::AppleProxy => "apple_proxy",
            Self::GmailPrefetch => "gmail_prefetch",
            Self::ImageProxy => "image_proxy",
            Self::Program => "program",
            Self::Browser => "browser",
        }
    }

    /// The kind of that stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|agent| agent.as_str() == name)
    }

    /// Classifies a `User-Agent` header.
    #[must_use]
    pub fn classify(user_agent: Option<&str>) -> Self {
        let text = user_agent.unwrap_or_default().trim();
        if text.is_empty() {
            return Self::Missing;
        }
        if text == "Mozilla/5.0" {
            return Self::AppleProxy;
        }
        if text.ends_with("Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0") {
            return Self::GmailPrefetch;
        }
        let lower = text.to_ascii_lowercase();
        if lower.contains("googleimageproxy") || lower.contains("yahoomailproxy") {
            return Self::ImageProxy;
        }
        if names_a_program(&lower) { Self::Program } else { Self::Browser }
    }
}

/// Product names of programs that fetch without a reader. Compared with whole words of the agent, in lower case, so
/// that "Cubot" (a telephone) and "Abbott" (a company) stay readers.
const PROGRAMS: &[&str] = &[
    // Bots and previews by the general word.
    "bot",
    "crawler",
    "spider",
    "scanner",
    "preview",
    "headless",
    "urlpreview",
    "linkpreview",
    // Named bots, whose names run into the word.
    "adsbot-google",
    "ahrefsbot",
    "applebot",
    "baiduspider",
    "barracudacentral",
    "bingbot",
    "bingpreview",
    "discordbot",
    "duckduckbot",
    "facebookbot",
    "facebookexternalhit",
    "googlebot",
    "linkedinbot",
    "mattermost-bot",
    "meta-externalagent",
    "petalbot",
    "pinterestbot",
    "semrushbot",
    "skypeuripreview",
    "slackbot",
    "slackbot-linkexpanding",
    "slack-imgproxy",
    "telegrambot",
    "twitterbot",
    "whatsapp",
    "yandexbot",
    "zoombot",
    // Headless and driven browsers.
    "cypress",
    "electron-headless",
    "headlesschrome",
    "headlessshell",
    "phantomjs",
    "playwright",
    "puppeteer",
    "selenium",
    "slimerjs",
    "webdriver",
    // Libraries and tools.
    "aiohttp",
    "akka-http",
    "apache-httpclient",
    "axios",
    "curl",
    "dart",
    "deno",
    "faraday",
    "go-http-client",
    "got",
    "grpc-go",
    "guzzlehttp",
    "http-client",
    "httpclient",
    "httpie",
    "httpx",
    "insomnia",
    "java",
    "java-http-client",
    "jakarta",
    "jersey",
    "libcurl",
    "libwww-perl",
    "lwp",
    "mechanize",
    "node",
    "node-fetch",
    "okhttp",
    "perl",
    "php",
    "postmanruntime",
    "powershell",
    "python",
    "python-httpx",
    "python-requests",
    "python-urllib",
    "reqwest",
    "rest-client",
    "restsharp",
    "ruby",
    "scrapy",
    "superagent",
    "typhoeus",
    "undici",
    "urllib",
    "urllib3",
    "wget",
    "windowspowershell",
    "winhttp",
];

fn names_a_program(lower: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    lower.split(|c| !is_name(c)).any(|word| {
        PROGRAMS.contains(&word)
            || word.split(['-', '_']).any(|part| matches!(part, "bot" | "crawler" | "spider" | "headless"))
    })
}

/// Whether a header announces a fetch in advance: `Purpose`, `Sec-Purpose`, `X-Purpose`, `X-Moz` with `prefetch`,
/// `preview` or `prerender` among their words.
#[must_use]
pub fn announces_prefetch<'a>(header: impl Fn(&str) -> Option<&'a str>) -> bool {
    ["purpose", "sec-purpose", "x-purpose", "x-moz"].into_iter().filter_map(header).any(|value| {
        value
            .to_ascii_lowercase()
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| matches!(word, "prefetch" | "preview" | "prerender"))
    })
}

/// What was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HitKind {
    /// The pixel.
    Open,
    /// A link.
    Click,
}

/// The judgement on one fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// A machine fetched it; otherwise a person may have.
    pub automatic: bool,
    /// The rule that decided, stable across versions.
    pub rule: &'static str,
    /// The rule in a sentence for whoever reads the history.
    pub sentence: &'static str,
}

/// Judges one fetch by itself.
#[must_use]
pub fn judge(kind: HitKind, facts: Facts) -> Verdict {
    let automatic = |rule, sentence| Verdict { automatic: true, rule, sentence };
    if facts.method == Method::Head {
        return automatic(
            "head",
            "A program asked for the headers only; a reader's mail program asks for the content.",
        );
    }
    if facts.prefetch {
        return automatic("prefetch", "The request said that it was made in advance, before anybody looked.");
    }
    match facts.agent {
        Agent::Missing => automatic("no_agent", "The request named no program; readers' programs do."),
        Agent::AppleProxy => automatic(
            "apple_mail_privacy",
            "Apple Mail Privacy Protection loads every image on arrival, whether or not the mail is read.",
        ),
        Agent::GmailPrefetch => {
            automatic("gmail_prefetch", "Gmail loaded the images in advance, before the mail was opened.")
        }
        Agent::Program => automatic("program", "A program or security scanner fetched it, not a mail reader."),
        Agent::ImageProxy => Verdict {
            automatic: false,
            rule: "image_proxy",
            sentence: "The mail provider's image proxy fetched it when the mail was shown, so a person possibly read it.",
        },
        Agent::Browser => match kind {
            HitKind::Open => Verdict {
                automatic: false,
                rule: "mail_reader",
                sentence: "A mail program or browser loaded the image, so a person possibly read the mail.",
            },
            HitKind::Click => Verdict {
                automatic: false,
                rule: "browser",
                sentence: "A browser followed the link, so a person likely clicked it.",
            },
        },
    }
}

/// How much is known about a recipient having read the mail: each rung is stronger than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Nothing yet.
    None,
    /// SES accepted the message.
    Accepted,
    /// The receiving server accepted it.
    Delivered,
    /// A machine fetched the pixel or a link, which suggests the inbox and not a reader.
    FetchedAutomatically,
    /// A person possibly opened the mail.
    PossiblyOpened,
    /// A person likely followed a link.
    Clicked,
    /// A person acted on the portal's page.
    PortalConfirmed,
}

impl Evidence {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::FetchedAutomatically => "fetched_automatically",
            Self::PossiblyOpened => "possibly_opened",
            Self::Clicked => "clicked",
            Self::PortalConfirmed => "portal_confirmed",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

    #[test]
    fn agents_are_told_apart() {
        for (text, agent) in [
            ("", Agent::Missing),
            ("   ", Agent::Missing),
            ("Mozilla/5.0", Agent::AppleProxy),
            (CHROME, Agent::Browser),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
                Agent::GmailPrefetch,
            ),
            (
                "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
                Agent::ImageProxy,
            ),
            ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", Agent::ImageProxy),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
                Agent::Browser,
            ),
            ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)", Agent::Browser),
            (
                "Mozilla/5.0 (Linux; Android 11; CUBOT X50) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
                Agent::Browser,
            ),
            ("Mozilla/5.0 (compatible; Abbott Intranet)", Agent::Browser),
            ("curl/8.5.0", Agent::Program),
            ("python-requests/2.31.0", Agent::Program),
            ("Go-http-client/1.1", Agent::Program),
            ("okhttp/4.12.0", Agent::Program),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
                Agent::Program,
            ),
            ("Mozilla/5.0 (compatible; Acme-Bot/1.0)", Agent::Program),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Agent::Program),
            ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", Agent::Program),
            ("WhatsApp/2.23.20.0", Agent::Program),
        ] {
            assert_eq!(Agent::classify(Some(text)), agent, "{text}");
        }
        assert_eq!(Agent::classify(None), Agent::Missing);
    }

    #[test]
    fn machines_are_automatic_and_readers_are_possible() {
        let facts = |agent| Facts { agent, method: Method::Get, prefetch: false, network: 0 };
        for kind in [HitKind::Open, HitKind::Click] {
            for agent in Agent::ALL {
                let reader = matches!(agent, Agent::Browser | Agent::ImageProxy);
                assert_eq!(judge(kind, facts(agent)).automatic, !reader, "{agent:?}");
                assert!(judge(kind, Facts { prefetch: true, ..facts(agent) }).automatic);
                assert!(judge(kind, Facts { method: Method::Head, ..facts(agent) }).automatic);
            }
        }
    }

    #[test]
    fn prefetch_headers_are_read_by_word() {
        let with =
            |name: &'static str, value: &'static str| announces_prefetch(move |asked| (asked == name).then_some(value));
        assert!(with("purpose", "prefetch"));
        assert!(with("sec-purpose", "prefetch;prerender"));
        assert!(with("x-moz", "Prefetch"));
        assert!(with("x-purpose", "preview"));
        assert!(!with("purpose", "prefetching-is-off"));
        assert!(!with("referer", "prefetch"));
    }
}
