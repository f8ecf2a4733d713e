//! What a person does: real input events, at the place where the element is, once it is there and nothing covers it.

use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::find::Found;
use super::keyboard::Stroke;
use super::locator::Locator;
use super::page::Page;

static CLIPBOARD: Mutex<()> = Mutex::const_new(());

/// A place in the window, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    x: f64,
    y: f64,
}

impl Locator<'_> {
    /// Clicks.
    pub async fn click(&self) {
        let place = self.place().await;
        self.page.mouse("mouseMoved", place, 0).await;
        self.page.press_mouse(place, 1).await;
    }

    /// Clicks twice, as fast as a person can.
    pub async fn double_click(&self) {
        let place = self.place().await;
        self.page.mouse("mouseMoved", place, 0).await;
        self.page.press_mouse(place, 1).await;
        self.page.press_mouse(place, 2).await;
    }

    /// Moves the pointer over it.
    pub async fn hover(&self) {
        let place = self.place().await;
        self.page.mouse("mouseMoved", place, 0).await;
    }

    /// Touches it shortly. The page must be on a touch screen.
    pub async fn tap(&self) {
        assert!(self.page.view().touch, "tapping needs a page that was opened with `.touch()`");
        let Place { x, y } = self.place().await;
        self.page.call("Input.dispatchTouchEvent", touch("touchStart", json!([{ "x": x, "y": y }]))).await;
        self.page.call("Input.dispatchTouchEvent", touch("touchEnd", json!([]))).await;
    }

    /// Moves the focus to it, without a pointer.
    pub async fn focus(&self) {
        self.when("focus", async |found| {
            let answer = self.ask(found, "focus").await?;
            answer["why"].as_str().map_or(Ok(()), |why| Err(why.to_owned()))
        })
        .await;
    }

    /// Moves the focus to it and types.
    pub async fn type_text(&self, text: &str) {
        self.focus().await;
        self.page.type_text(text).await;
    }

    /// Replaces what a field holds by typing over it.
    pub async fn fill(&self, text: &str) {
        self.focus().await;
        self.page.press("Control+a").await;
        match text {
            "" => self.page.press("Delete").await,
            text => self.page.type_text(text).await,
        }
    }

    /// Moves the focus to it and presses a key, as [`Page::press`] does.
    pub async fn press(&self, keys: &str) {
        self.focus().await;
        self.page.press(keys).await;
    }

    /// Where it can be pointed at, once that is the same twice: what moves is not hit.
    async fn place(&self) -> Place {
        let mut before = None;
        self.when("a place to point at", async |found| {
            let place = self.target(found).await?;
            match before.replace(place) {
                Some(same) if same == place => Ok(place),
                _ => Err(format!("it moves: {place:?}")),
            }
        })
        .await
    }

    async fn target(&self, found: &Found) -> Result<Place, String> {
        let answer = self.ask(found, "target").await?;
        if let Some(why) = answer["why"].as_str() {
            return Err(why.to_owned());
        }
        let place = Place { x: number(&answer["x"]), y: number(&answer["y"]) };
        if found.is_in_main_frame(self.page) {
            return Ok(place);
        }
        // The script knows places in the frame's own window; the browser knows them in the page's.
        let asked = json!({ "backendNodeId": found.backend });
        let quads = self.page.try_call("DOM.getContentQuads", asked).await?;
        let corners: Vec<f64> = quads["quads"][0].as_array().into_iter().flatten().map(number).collect();
        let middle = |first: usize| corners.iter().skip(first).step_by(2).sum::<f64>() / 4.0;
        Ok(Place { x: middle(0), y: middle(1) })
    }
}

impl Page {
    /// Presses a key, alone or with others: `Tab`, `Shift+Tab`, `Escape`, `Enter`, `ArrowDown`, `Control+a`, `a`, ….
    pub async fn press(&self, keys: &str) {
        let stroke = Stroke::parse(keys);
        self.call("Input.dispatchKeyEvent", stroke.event(true)).await;
        self.call("Input.dispatchKeyEvent", stroke.event(false)).await;
    }

    /// Types, key by key, into what has the focus.
    pub async fn type_text(&self, text: &str) {
        for character in text.chars() {
            match Stroke::of(character) {
                Some(stroke) => {
                    self.call("Input.dispatchKeyEvent", stroke.event(true)).await;
                    self.call("Input.dispatchKeyEvent", stroke.event(false)).await;
                }
                // What has no key on an American keyboard comes as from an input method.
                None => {
                    self.call("Input.insertText", json!({ "text": character.to_string() })).await;
                }
            }
        }
    }

    /// Pastes text into what has the focus, as Control and V do.
    pub async fn paste(&self, text: &str) {
        // All pages share the machine's one clipboard.
        let _alone = CLIPBOARD.lock().await;
        let rights = ["clipboardReadWrite", "clipboardSanitizedWrite"];
        let granted = json!({ "browserContextId": self.context.id, "permissions": rights });
        let connection = &self.context.connection;
        connection.call("", "Browser.grantPermissions", granted).await.unwrap_or_else(|error| panic!("{error}"));
        self.evaluate(&format!("navigator.clipboard.writeText({})", json!(text))).await;
        self.press("Control+v").await;
        connection.call("", "Browser.resetPermissions", json!({ "browserContextId": self.context.id })).await.ok();
    }

    /// Moves the pointer to a place of the window, in CSS pixels.
    pub async fn move_pointer(&self, x: f64, y: f64) {
        self.mouse("mouseMoved", Place { x, y }, 0).await;
    }

    /// Turns the mouse wheel over a place of the window.
    pub async fn wheel(&self, x: f64, y: f64, down: f64) {
        let event = json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": down });
        self.call("Input.dispatchMouseEvent", event).await;
    }

    async fn press_mouse(&self, place: Place, count: u32) {
        self.mouse("mousePressed", place, count).await;
        self.mouse("mouseReleased", place, count).await;
    }

    async fn mouse(&self, kind: &str, Place { x, y }: Place, count: u32) {
        let button = if count > 0 { "left" } else { "none" };
        let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
        self.call("Input.dispatchMouseEvent", event).await;
    }
}

fn touch(kind: &str, points: Value) -> Value {
    json!({ "type": kind, "touchPoints": points })
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}
