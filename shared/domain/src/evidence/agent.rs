//! What a `User-Agent` says about a program.

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
    /// The image proxies of Gmail, Yahoo and others, which fetch when the mail is shown.
    ImageProxy,
    /// Microsoft Office: on images Outlook, which a person reads in; on links its handler, which looks at a link before it
    /// starts the browser. <https://learn.microsoft.com/en-us/office/troubleshoot/office-suite-issues/click-hyperlink-to-sso-website>
    Office,
    /// A library, a command-line tool, a headless browser, a bot or a link preview.
    Program,
    /// Anything else: a browser or a mail program, as far as one can see.
    Browser,
}

impl Agent {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Missing,
        Self::AppleProxy,
        Self::GmailPrefetch,
        Self::ImageProxy,
        Self::Office,
        Self::Program,
        Self::Browser,
    ];

    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::AppleProxy => "apple_proxy",
            Self::GmailPrefetch => "gmail_prefetch",
            Self::ImageProxy => "image_proxy",
            Self::Office => "office",
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
        // GoogleImageProxy, hey.com/imageproxy; YahooMailProxy, SeznamEmailProxy.
        if ["imageproxy", "mailproxy"].iter().any(|proxy| lower.contains(proxy)) {
            return Self::ImageProxy;
        }
        if is_a_program(&lower) {
            return Self::Program;
        }
        if words(&lower).any(|(word, _)| matches!(word, "ms-office" | "msoffice")) {
            Self::Office
        } else {
            Self::Browser
        }
    }
}

/// Product names of programs that fetch without a reader. Compared with whole words of the agent, in lower case, so
/// that "Cubot" (a telephone) and "Abbott" (a company) stay readers.
const PROGRAMS: &[&str] = &[
    // Bots and previews by the general word.
    "scanner",
    "preview",
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
    "appengine-google",
    "bytespider",
    "censysinspect",
    "check_http",
    "checkly",
    "cloudflareradarurlscanner",
    "datadog",
    "datadogsynthetics",
    "embedly",
    "facebot",
    "gmail-content-sampling",
    "google-pagerenderer",
    "google-safety",
    "googlemessages",
    "iframely",
    "internetmeasurement",
    "kakaotalk-scrap",
    "l9explore",
    "l9scan",
    "line-poker",
    "masscan",
    "mastodon",
    "meta-externalads",
    "meta-externalfetcher",
    "meta-externalhit",
    "microsoftpreview",
    "netcraftsurveyagent",
    "nuclei",
    "pingdom",
    "site24x7",
    "statuscake",
    "uptimerobot",
    "viberurldownloader",
    "vkshare",
    "zabbix",
    "zgrab",
    // Headless and driven browsers.
    "chrome-lighthouse",
    "jsdom",
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
    "aria2",
    "azure-logic-apps",
    "commons-httpclient",
    "cpp-httplib",
    "fasthttp",
    "go-resty",
    "google-http-java-client",
    "guzzle",
    "hackney",
    "http_request2",
    "microsoft-cryptoapi",
    "microsoft-flow",
    "node-superagent",
    "pycurl",
    "python-urllib2",
    "python-urllib3",
    "reactornetty",
    "unirest-java",
    "winhttprequest",
    "aiohttp",
    "akka-http",
    "apache-httpclient",
    "axios",
    "curl",
    "deno",
    "faraday",
    "go-http-client",
    "grpc-go",
    "guzzlehttp",
    "http-client",
    "httpclient",
    "httpie",
    "httpx",
    "insomnia",
    "java-http-client",
    "jakarta",
    "jersey",
    "libcurl",
    "libwww-perl",
    "lwp",
    "mechanize",
    "node-fetch",
    "okhttp",
    "postmanruntime",
    "powershell",
    "python-httpx",
    "python-requests",
    "python-urllib",
    "reqwest",
    "rest-client",
    "restsharp",
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

/// Names that are words elsewhere, a telephone's model say, unless a version follows.
const VERSIONED_PROGRAMS: &[&str] = &["dart", "got", "java", "node", "perl", "php", "python", "ruby"];

/// Agents that are a program's as a whole; with more to it each is a person's.
const WHOLE_AGENTS: &[&str] = &["node", "viber"];

/// Sentences in place of a product's name.
const PHRASES: &[&str] = &[
    "barracuda sentinel",
    "expanse, a palo alto",
    "http.rb/",
    "kaspersky lab",
    "microsoft office existence discovery",
    "microsoft office protocol discovery",
    "nmap scripting engine",
    "palo alto networks",
    "yahoo:linkexpander",
];

/// Telephones and tablets whose names end like a robot's.
const DEVICES: &[&str] = &["cubot", "c bot tab", "m bot tab"];

/// Words of an agent, and whether a version follows: `/1.0`.
fn words(lower: &str) -> impl Iterator<Item = (&str, bool)> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let mut rest = lower;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| !is_name(c));
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then(|| (word, after.starts_with('/')))
    })
}

fn is_a_program(lower: &str) -> bool {
    // Whoever runs a robot says where to complain; nobody's browser does.
    let states_contact = ["http://", "https://", "mailto:", "www.", "@"].iter().any(|mark| lower.contains(mark));
    if states_contact || WHOLE_AGENTS.contains(&lower) || PHRASES.iter().any(|phrase| lower.contains(phrase)) {
        return true;
    }
    let is_device = DEVICES.iter().any(|device| lower.contains(device));
    words(lower).any(|(word, has_version)| {
        let is_kind = |part: &str| matches!(part, "bot" | "crawler" | "headless");
        let names_kind = || word.split(['-', '_']).any(is_kind);
        // GPTBot/1.0, but not the Talbot intranet.
        let ends_in_kind = || has_version && ["bot", "crawler", "spider"].iter().any(|kind| word.ends_with(kind));
        let is_named = PROGRAMS.contains(&word) || (has_version && VERSIONED_PROGRAMS.contains(&word));
        is_named || (!is_device && (names_kind() || ends_in_kind()))
    })
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
}
