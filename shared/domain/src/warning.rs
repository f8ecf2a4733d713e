//! What a sender should know about an address before trusting it. A warning never stops a send.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::address::Address;

/// The kinds of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningCode {
    /// The domain looks like a slip of the keyboard.
    PossibleTypo,
    /// The address stands for a function, or for nobody, and not for a person.
    RoleAddress,
    /// The firm's earlier e-mail to this address came back.
    PreviouslyBounced,
    /// The same invoice went to this address a short while ago.
    RecentlySent,
    /// The corrected address was used for this send only.
    ClientNotSaved,
    /// The client's person is still known by the old address.
    ContactNotSaved,
}

impl WarningCode {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PossibleTypo => "possible_typo",
            Self::RoleAddress => "role_address",
            Self::PreviouslyBounced => "previously_bounced",
            Self::RecentlySent => "recently_sent",
            Self::ClientNotSaved => "client_not_saved",
            Self::ContactNotSaved => "contact_not_saved",
        }
    }
}

/// One thing to know about one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What kind it is.
    pub code: WarningCode,
    /// The same in a sentence for people.
    pub detail: String,
    /// The address that was probably meant.
    pub suggestion: Option<String>,
}

impl Warning {
    fn new(code: WarningCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), suggestion: None }
    }

    /// An e-mail to this address came back for good at `when`.
    #[must_use]
    pub fn previously_bounced(when: Timestamp) -> Self {
        let detail = format!("An earlier e-mail to this address bounced on {}.", day(when));
        Self::new(WarningCode::PreviouslyBounced, detail)
    }

    /// The same invoice was e-mailed to this address at `when`.
    #[must_use]
    pub fn recently_sent(when: Timestamp) -> Self {
        let time = when.to_zoned(TimeZone::UTC).strftime("%H:%M");
        let detail = format!("This invoice was already e-mailed to this address on {} at {time} UTC.", day(when));
        Self::new(WarningCode::RecentlySent, detail)
    }

    /// The e-mail goes to the new address, but the client keeps the old one.
    #[must_use]
    pub fn client_not_saved() -> Self {
        let detail = "The e-mail goes to this address, but the address was not saved to the client.";
        Self::new(WarningCode::ClientNotSaved, detail)
    }

    /// The client has the new address now, but its person in the portal is still known by the old one.
    #[must_use]
    pub fn contact_not_saved() -> Self {
        let detail = "The client's address is corrected, but the portal knows the person by the old one: automatic invoice \
                      e-mails skip the new address until that person was invited there and has a login.";
        Self::new(WarningCode::ContactNotSaved, detail)
    }
}

/// What the address alone gives reason to say.
#[must_use]
pub fn for_address(address: &Address) -> Vec<Warning> {
    possible_typo(address).into_iter().chain(role_address(address)).collect()
}

fn day(when: Timestamp) -> impl std::fmt::Display {
    when.to_zoned(TimeZone::UTC).strftime("%-d %B %Y")
}

/// Mail providers that a mistyped domain is compared with. All have a first label of five letters or more: within one
/// edit of a shorter one lie many real domains (`aol.com`, `aon.com`).
const PROVIDERS: [&str; 27] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "protonmail.com",
    "fastmail.com",
    "comcast.net",
    "verizon.net",
    "sbcglobal.net",
    "bellsouth.net",
    "earthlink.net",
    "rocketmail.com",
    "windowslive.com",
    "hotmail.co.uk",
    "yahoo.co.uk",
    "btinternet.com",
    "virginmedia.com",
    "t-online.de",
    "freenet.de",
    "hotmail.fr",
    "wanadoo.fr",
    "laposte.net",
    "bigpond.com",
    "libero.it",
    "yandex.com",
];

/// Real domains that lie within one edit of a provider, or would be taken for one.
const REAL_NEIGHBOURS: [&str; 14] = [
    "ymail.com",
    "email.com",
    "mail.com",
    "hmail.com",
    "qmail.com",
    "cloud.com",
    "hushmail.com",
    "rediffmail.com",
    "fastmail.fm",
    "protonmail.ch",
    "t-online.hu",
    "libero.com",
    "laposte.com",
    "yandex.ru",
];

/// Names under which providers have a domain in many countries: `yahoo.fr`, `outlook.de`.
const INTERNATIONAL: [&str; 12] =
    ["yahoo", "ymail", "hotmail", "outlook", "live", "msn", "gmx", "aol", "icloud", "googlemail", "yandex", "freenet"];

/// Country endings that are far more often a mistyped `.com` than the country, for those providers.
const MISTYPED_COUNTRIES: [&str; 3] = ["co", "cm", "om"];

/// Endings that are no top-level domain, each a slip for the one beside it.
const MISTYPED_ENDINGS: [(&str, &str); 14] = [
    ("con", "com"),
    ("cmo", "com"),
    ("ocm", "com"),
    ("vom", "com"),
    ("xom", "com"),
    ("cim", "com"),
    ("cpm", "com"),
    ("comm", "com"),
    ("coom", "com"),
    ("ccom", "com"),
    ("nte", "net"),
    ("ent", "net"),
    ("ogr", "org"),
    ("rog", "org"),
];

fn possible_typo(address: &Address) -> Option<Warning> {
    let meant = meant_domain(address.domain())?;
    Some(Warning {
        code: WarningCode::PossibleTypo,
        detail: format!("The domain {} looks like a typing error for {meant}.", address.domain()),
        suggestion: Some(format!("{}@{meant}", address.local_part())),
    })
}

/// The domain that was probably meant, if this one looks mistyped.
fn meant_domain(domain: &str) -> Option<String> {
    if PROVIDERS.contains(&domain) || REAL_NEIGHBOURS.contains(&domain) {
        return None;
    }
    let (first, country) = domain.split_once('.')?;
    if INTERNATIONAL.contains(&first) && country.rsplit('.').all(|label| label.len() <= 3) {
        let ending = country.rsplit('.').next().unwrap_or(country);
        let mistyped =
            MISTYPED_COUNTRIES.contains(&country) || MISTYPED_ENDINGS.iter().any(|(slip, _)| *slip == ending);
        if !mistyped {
            return None;
        }
        if MISTYPED_COUNTRIES.contains(&country) {
            return Some(format!("{first}.com"));
        }
    }
    // One insertion, deletion, substitution, or swap of neighbours.
    if let Some(provider) = PROVIDERS.iter().find(|provider| strsim::osa_distance(domain, provider) == 1) {
        return Some((*provider).to_owned());
    }
    let (rest, ending) = domain.rsplit_once('.')?;
    let (_, meant) = MISTYPED_ENDINGS.iter().find(|(slip, _)| *slip == ending)?;
    Some(format!("{rest}.{meant}"))
}

/// Nobody reads what is sent to these.
const UNREAD: [&str; 12] = [
    "noreply",
    "no-reply",
    "no_reply",
    "no.reply",
    "donotreply",
    "do-not-reply",
    "do_not_reply",
    "bounce",
    "bounces",
    "mailer-daemon",
    "null",
    "devnull",
];

/// These reach whoever is on duty (RFC 2142 and custom). The addresses that invoices belong to are left out on purpose:
/// billing, accounts, accounting, invoices, finance, payables, and office, which in many countries is a firm's own.
const SHARED: [&str; 33] = [
    "info",
    "information",
    "admin",
    "administrator",
    "contact",
    "enquiries",
    "enquiry",
    "inquiries",
    "inquiry",
    "hello",
    "mail",
    "email",
    "support",
    "help",
    "helpdesk",
    "service",
    "customerservice",
    "sales",
    "marketing",
    "press",
    "jobs",
    "careers",
    "hr",
    "team",
    "staff",
    "everyone",
    "postmaster",
    "hostmaster",
    "webmaster",
    "abuse",
    "security",
    "root",
    "test",
];

fn role_address(address: &Address) -> Option<Warning> {
    let key = address.same_mailbox_key();
    let local = key.rsplit_once('@').map_or("", |(local, _)| local);
    let local = local.split('+').next().unwrap_or(local);
    let detail = if UNREAD.contains(&local) {
        format!("Mail to {local}@ is usually read by nobody.")
    } else if SHARED.contains(&local) {
        format!("Mail to {local}@ is usually read by several people, so an open is no sign that the right one saw it.")
    } else {
        return None;
    };
    Some(Warning::new(WarningCode::RoleAddress, detail))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn warnings(address: &str) -> Vec<Warning> {
        for_address(&address.parse().unwrap())
    }

    #[test]
    fn one_slip_from_a_provider_is_a_possible_typo() {
        for (typed, meant) in [
            ("gmial.com", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("gmail.co", "gmail.com"),
            ("gmal.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gnail.com", "gmail.com"),
            ("hotmial.com", "hotmail.com"),
            ("hotmail.cm", "hotmail.com"),
            ("outlok.com", "outlook.com"),
            ("outlook.co", "outlook.com"),
            ("yaho.com", "yahoo.com"),
            ("yahoo.con", "yahoo.com"),
            ("icloud.co", "icloud.com"),
            ("iclod.com", "icloud.com"),
            ("aol.con", "aol.com"),
            ("live.cmo", "live.com"),
            ("msn.co", "msn.com"),
            ("yaho.co.uk", "yahoo.co.uk"),
            ("t-onlin.de", "t-online.de"),
            ("roe-partners.con", "roe-partners.com"),
            ("charity.ogr", "charity.org"),
        ] {
            let found = warnings(&format!("Ann.Roe@{typed}"));
            assert_eq!(found.len(), 1, "{typed}: {found:?}");
            assert_eq!(found[0].code, WarningCode::PossibleTypo);
            assert_eq!(found[0].suggestion.as_deref(), Some(format!("Ann.Roe@{meant}").as_str()));
            assert_eq!(found[0].detail, format!("The domain {typed} looks like a typing error for {meant}."));
        }
    }

    #[test]
    fn providers_and_their_real_neighbours_are_none() {
        let real = [
            "gmx.de",
            "gmx.net",
            "gmx.at",
            "gmx.ch",
            "gmx.com",
            "web.de",
            "aol.de",
            "aol.com",
            "live.com",
            "live.de",
            "msn.com",
            "me.com",
            "mac.com",
            "qq.com",
            "aon.com",
            "love.com",
            "yahoo.fr",
            "yahoo.it",
            "yahoo.in",
            "yahoo.ca",
            "yahoo.com.br",
            "yahoo.co.in",
            "yahoo.co.jp",
            "hotmail.de",
            "hotmail.it",
            "hotmail.es",
            "outlook.de",
            "outlook.fr",
            "proton.me",
            "roe.com",
            "example.com",
            "x.co",
            "firm.cm",
            "mail.gmail.com",
            "gmail.de",
        ];
        for domain in real.iter().chain(&PROVIDERS).chain(&REAL_NEIGHBOURS) {
            assert_eq!(warnings(&format!("ann@{domain}")), [], "{domain}");
        }
    }

    #[test]
    fn providers_are_never_taken_for_each_other() {
        for (n, one) in PROVIDERS.iter().enumerate() {
            assert!(one.split('.').next().unwrap().len() >= 5, "{one}");
            for other in &PROVIDERS[n + 1..] {
                assert!(strsim::osa_distance(one, other) > 1, "{one} and {other}");
            }
        }
    }

    #[test]
    fn role_addresses_are_told_from_people_and_from_bookkeepers() {
        for local in ["info", "Admin", "NOREPLY", "no-reply", "postmaster", "abuse", "webmaster", "\"info\"", "info+x"]
        {
            let found = warnings(&format!("{local}@example.com"));
            assert_eq!(found.len(), 1, "{local}");
            assert_eq!((found[0].code, &found[0].suggestion), (WarningCode::RoleAddress, &None), "{local}");
        }
        for local in ["billing", "accounts", "invoices", "accounting", "finance", "office", "ann", "infoscout", "ap"] {
            assert_eq!(warnings(&format!("{local}@example.com")), [], "{local}");
        }
    }

    #[test]
    fn an_address_can_have_two_warnings() {
        let codes: Vec<_> = warnings("info@gmial.com").iter().map(|warning| warning.code.as_str()).collect();
        assert_eq!(codes, ["possible_typo", "role_address"]);
    }

    #[test]
    fn what_is_known_from_elsewhere_is_said_in_a_sentence() {
        let when: Timestamp = "2026-11-01T14:05:09Z".parse().unwrap();
        let bounced = Warning::previously_bounced(when);
        assert_eq!(bounced.code.as_str(), "previously_bounced");
        assert_eq!(bounced.detail, "An earlier e-mail to this address bounced on 1 November 2026.");
        let sent = Warning::recently_sent(when);
        assert_eq!(sent.code.as_str(), "recently_sent");
        assert_eq!(sent.detail, "This invoice was already e-mailed to this address on 1 November 2026 at 14:05 UTC.");
        assert_eq!(Warning::client_not_saved().code.as_str(), "client_not_saved");
    }
}
