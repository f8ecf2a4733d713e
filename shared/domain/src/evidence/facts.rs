//! What is kept of a request: facts that a rule may need, and nothing that names an address.

use std::borrow::Cow;
use std::net::IpAddr;

use super::agent::Agent;
use super::network::NetworkClass;

/// What a request to the pixel or to a link told about its sender. Never an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Facts {
    /// What kind of program the `User-Agent` names.
    pub agent: Agent,
    /// The request's method.
    pub method: Method,
    /// A header said that the page was fetched in advance.
    pub prefetch: bool,
    /// Whose network it came from, as far as that is published.
    pub network_class: NetworkClass,
    /// A keyed hash of the sender's network (/24 or /48): tells the networks of one recipient's fetches apart, names
    /// none. 0 where it is not known.
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

impl Facts {
    /// What a request tells: its headers, by name in lower case, and the address of whoever made it, which is forgotten
    /// here. `network` is the keyed hash of its network.
    pub fn of<'a>(
        method: Method,
        header: impl Fn(&str) -> Option<Cow<'a, str>>,
        address: Option<IpAddr>,
        network: u64,
    ) -> Self {
        Self {
            agent: Agent::classify(header("user-agent").as_deref()),
            method,
            prefetch: announces_prefetch(header),
            network_class: address.map_or(NetworkClass::Other, NetworkClass::of),
            network,
        }
    }
}

/// Whether a header announces a fetch in advance: `Purpose`, `Sec-Purpose`, `X-Purpose`, `X-Moz` with `prefetch`,
/// `preview` or `prerender` among their words.
fn announces_prefetch<'a>(header: impl Fn(&str) -> Option<Cow<'a, str>>) -> bool {
    ["purpose", "sec-purpose", "x-purpose", "x-moz"].into_iter().filter_map(header).any(|value| {
        value
            .to_ascii_lowercase()
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| matches!(word, "prefetch" | "preview" | "prerender"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefetch_headers_are_read_by_word() {
        let with = |name: &'static str, value: &'static str| {
            announces_prefetch(move |asked| (asked == name).then_some(Cow::Borrowed(value)))
        };
        assert!(with("purpose", "prefetch"));
        assert!(with("sec-purpose", "prefetch;prerender"));
        assert!(with("x-moz", "Prefetch"));
        assert!(with("x-purpose", "preview"));
        assert!(!with("purpose", "prefetching-is-off"));
        assert!(!with("referer", "prefetch"));
    }
}
