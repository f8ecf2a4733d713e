//! What somebody who tries the product can play by hand: programs that load a mail's pixel or follow its link, and what
//! SES says of it.

use std::time::Duration;

use http::Method;

use crate::ses::events::Step;

/// A fetch of our own pixel takes milliseconds, and at most two seconds where the table fails.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// What a program fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Pixel,
    Link,
}

/// A program that can be played.
#[derive(Debug)]
pub(super) struct Program {
    /// The form's value.
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// When such a program fetches.
    pub(super) hint: &'static str,
    pub(super) target: Target,
    /// What the mail's events say of it.
    pub(super) deed: &'static str,
    agent: &'static str,
    method: Method,
}

const OUTLOOK: &str = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)";
const APPLE_MAIL: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const APPLE_PROXY: &str = "Mozilla/5.0";
const GMAIL_PROXY: &str = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
const GMAIL_PREFETCH: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0";
const SCANNER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 \
    Safari/537.36";
const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 \
    Safari/537.36";

/// All programs, readers before machines.
pub(super) const PROGRAMS: [Program; 9] = [
    Program {
        name: "outlook",
        label: "Outlook",
        hint: "when somebody reads it",
        target: Target::Pixel,
        deed: "Pixel loaded as Outlook",
        agent: OUTLOOK,
        method: Method::GET,
    },
    Program {
        name: "gmail",
        label: "Gmail",
        hint: "when somebody reads it, through Google’s image proxy",
        target: Target::Pixel,
        deed: "Pixel loaded as Gmail",
        agent: GMAIL_PROXY,
        method: Method::GET,
    },
    Program {
        name: "apple-mail",
        label: "Apple Mail",
        hint: "when somebody reads it, without privacy protection",
        target: Target::Pixel,
        deed: "Pixel loaded as Apple Mail",
        agent: APPLE_MAIL,
        method: Method::GET,
    },
    Program {
        name: "apple-privacy",
        label: "Apple Mail Privacy Protection",
        hint: "on arrival, read or not",
        target: Target::Pixel,
        deed: "Pixel loaded as Apple Mail Privacy Protection",
        agent: APPLE_PROXY,
        method: Method::GET,
    },
    Program {
        name: "gmail-prefetch",
        label: "Gmail’s prefetch",
        hint: "in advance, read or not",
        target: Target::Pixel,
        deed: "Pixel loaded as Gmail’s prefetch",
        agent: GMAIL_PREFETCH,
        method: Method::GET,
    },
    Program {
        name: "scanner",
        label: "Security scanner",
        hint: "on arrival, with a headless browser",
        target: Target::Pixel,
        deed: "Pixel loaded as a security scanner",
        agent: SCANNER,
        method: Method::GET,
    },
    Program {
        name: "head",
        label: "Link checker",
        hint: "asks for the headers only (HEAD)",
        target: Target::Pixel,
        deed: "Pixel asked for by HEAD",
        agent: BROWSER,
        method: Method::HEAD,
    },
    Program {
        name: "browser-click",
        label: "Browser",
        hint: "when somebody clicks",
        target: Target::Link,
        deed: "Link followed as a browser",
        agent: BROWSER,
        method: Method::GET,
    },
    Program {
        name: "scanner-click",
        label: "Security scanner",
        hint: "on arrival, with a headless browser",
        target: Target::Link,
        deed: "Link followed as a security scanner",
        agent: SCANNER,
        method: Method::GET,
    },
];

impl Program {
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        PROGRAMS.iter().find(|program| program.name == name)
    }

    /// Fetches as the program does. A link's redirect is not followed: nothing leaves this computer.
    pub(super) async fn fetch(&self, client: &reqwest::Client, url: &str) -> Result<(), reqwest::Error> {
        let request = client.request(self.method.clone(), url).timeout(FETCH_TIMEOUT);
        request.header(http::header::USER_AGENT, self.agent).send().await.map(drop)
    }
}

/// What SES can be made to say: the form's value, the words on the button, the event.
pub(super) const STEPS: [(&str, &str, Step); 6] = [
    ("delivery", "Delivery", Step::Delivery),
    ("delay", "Delivery delay", Step::Delay),
    ("mailbox-full", "Bounce: mailbox full", Step::MailboxFull),
    ("bounce", "Bounce: no such address", Step::Bounce),
    ("auto-reply", "Automatic reply", Step::AutomaticReply),
    ("complaint", "Complaint", Step::Complaint),
];

/// The event of that form value.
pub(super) fn step(name: &str) -> Option<Step> {
    STEPS.iter().find(|(value, _, _)| *value == name).map(|(_, _, step)| *step)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use domain::evidence::{Facts, HitKind, Method as Asked, Ruleset, Verdicts};
    use domain::log::{Hit, Log};
    use std::borrow::Cow;

    #[test]
    fn programs_are_judged_as_what_they_play() {
        let automatic = |program: &Program| {
            let method = if program.method == Method::HEAD { Asked::Head } else { Asked::Get };
            let kind = if program.target == Target::Pixel { HitKind::Open } else { HitKind::Click };
            let header = |name: &str| (name == "user-agent").then_some(Cow::Borrowed(program.agent));
            let verdicts = Verdicts::on(&Log::default(), jiff::Timestamp::UNIX_EPOCH, Ruleset::CURRENT);
            let (at, facts) = (jiff::Timestamp::UNIX_EPOCH, Facts::of(method, header, None, 0));
            verdicts.of(kind, &Hit { at, link: 0, facts }).automatic
        };
        let readers: Vec<_> = PROGRAMS.iter().filter(|one| !automatic(one)).map(|one| one.name).collect();
        assert_eq!(readers, ["outlook", "gmail", "apple-mail", "browser-click"]);
    }

    #[test]
    fn a_form_can_name_what_there_is_and_nothing_else() {
        for program in &PROGRAMS {
            assert_eq!(Program::of(program.name).unwrap().deed, program.deed);
        }
        assert!(Program::of("").is_none() && step("send").is_none());
        assert_eq!(step("complaint"), Some(Step::Complaint));
    }
}
