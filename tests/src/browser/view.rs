//! How a page is shown: its size, colours, medium, zone, language, network.

use serde_json::{Value, json};

/// The network that a page sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Loopback as it is.
    Fast,
    /// 400 ms of latency and 50 kB/s: a telephone far out.
    Slow,
    /// None.
    Offline,
}

/// How a page is shown. The default is a light desktop of 1280 x 800 with a mouse, in UTC, in American English.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// `prefers-color-scheme`.
    pub dark: bool,
    /// The medium is paper.
    pub print: bool,
    /// `prefers-reduced-motion`.
    pub reduced_motion: bool,
    /// `forced-colors`.
    pub forced_colors: bool,
    /// A touch screen: no hovering, a coarse pointer. Once it is one it stays one.
    pub touch: bool,
    /// An IANA zone.
    pub timezone: String,
    /// BCP 47.
    pub locale: String,
    /// The network.
    pub network: Network,
}

impl Default for View {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 800,
            dark: false,
            print: false,
            reduced_motion: false,
            forced_colors: false,
            touch: false,
            timezone: "UTC".to_owned(),
            locale: "en-US".to_owned(),
            network: Network::Fast,
        }
    }
}

impl View {
    /// The commands that make a page look so, in a browser that calls itself `agent`.
    pub(super) fn commands(&self, agent: &str) -> Vec<(&'static str, Value)> {
        let mut commands = vec![
            ("Emulation.setDeviceMetricsOverride", self.size()),
            ("Emulation.setEmulatedMedia", self.media()),
            ("Emulation.setTimezoneOverride", json!({ "timezoneId": self.timezone })),
            ("Emulation.setLocaleOverride", json!({ "locale": self.locale })),
            ("Emulation.setUserAgentOverride", json!({ "userAgent": agent, "acceptLanguage": self.locale })),
            ("Network.emulateNetworkConditions", self.connection()),
        ];
        if self.touch {
            commands.push(("Emulation.setTouchEmulationEnabled", json!({ "enabled": true, "maxTouchPoints": 5 })));
        }
        commands
    }

    fn size(&self) -> Value {
        json!({ "width": self.width, "height": self.height, "deviceScaleFactor": 1, "mobile": false })
    }

    fn media(&self) -> Value {
        let feature = |name: &str, value: &str| json!({ "name": name, "value": value });
        let features = [
            feature("prefers-color-scheme", if self.dark { "dark" } else { "light" }),
            feature("prefers-reduced-motion", if self.reduced_motion { "reduce" } else { "no-preference" }),
            feature("forced-colors", if self.forced_colors { "active" } else { "none" }),
        ];
        json!({ "media": if self.print { "print" } else { "" }, "features": features })
    }

    fn connection(&self) -> Value {
        let (offline, latency_ms, bytes_per_second) = match self.network {
            Network::Fast => (false, 0, -1),
            Network::Slow => (false, 400, 50_000),
            Network::Offline => (true, 0, -1),
        };
        json!({
            "offline": offline,
            "latency": latency_ms,
            "downloadThroughput": bytes_per_second,
            "uploadThroughput": bytes_per_second,
        })
    }
}
