//! Keys of an American keyboard, as the browser's input events name them.
//!
//! <https://www.w3.org/TR/uievents-key/>, <https://www.w3.org/TR/uievents-code/>

use serde_json::{Value, json};

/// Keys that write nothing, or what their name does not say: the name, the key's code, what they write.
const NAMED: [(&str, u32, &str); 15] = [
    ("Enter", 13, "\r"),
    ("Tab", 9, ""),
    ("Escape", 27, ""),
    ("Backspace", 8, ""),
    ("Delete", 46, ""),
    ("Space", 32, " "),
    ("ArrowLeft", 37, ""),
    ("ArrowUp", 38, ""),
    ("ArrowRight", 39, ""),
    ("ArrowDown", 40, ""),
    ("Home", 36, ""),
    ("End", 35, ""),
    ("PageUp", 33, ""),
    ("PageDown", 34, ""),
    ("F2", 113, ""),
];

/// Beside letters and digits: what a key writes alone, with Shift, its name and its code.
const SIGNS: [(char, char, &str, u32); 11] = [
    ('-', '_', "Minus", 189),
    ('=', '+', "Equal", 187),
    ('[', '{', "BracketLeft", 219),
    (']', '}', "BracketRight", 221),
    ('\\', '|', "Backslash", 220),
    (';', ':', "Semicolon", 186),
    ('\'', '"', "Quote", 222),
    ('`', '~', "Backquote", 192),
    (',', '<', "Comma", 188),
    ('.', '>', "Period", 190),
    ('/', '?', "Slash", 191),
];

/// What the digits write with Shift.
const SHIFTED_DIGITS: &str = ")!@#$%^&*(";

const SHIFT: u32 = 8;

/// A key, pressed together with others.
#[derive(Debug, Clone)]
pub(super) struct Stroke {
    key: String,
    code: String,
    key_code: u32,
    text: String,
    modifiers: u32,
}

impl Stroke {
    /// Reads `Shift+Tab`.
    pub(super) fn parse(keys: &str) -> Self {
        let (names, key) = match keys.rsplit_once('+') {
            Some((names, key)) if !key.is_empty() => (names, key),
            _ => ("", keys),
        };
        let modifiers: u32 = names.split('+').filter(|name| !name.is_empty()).map(modifier).sum();
        let mut stroke = Self::named(key)
            .or_else(|| key.chars().next().and_then(Self::of))
            .unwrap_or_else(|| panic!("there is no key {key:?}"));
        stroke.modifiers |= modifiers;
        if stroke.modifiers & !SHIFT != 0 {
            // With Control, Alt or Meta a key writes nothing.
            stroke.text.clear();
        }
        stroke
    }

    /// The stroke that writes a character, if an American keyboard has one.
    pub(super) fn of(character: char) -> Option<Self> {
        let stroke = |code: String, key_code: u32, shift: bool| {
            let (key, text) = (character.to_string(), character.to_string());
            Some(Self { key, code, key_code, text, modifiers: if shift { SHIFT } else { 0 } })
        };
        let upper = character.to_ascii_uppercase();
        match character {
            'a'..='z' | 'A'..='Z' => stroke(format!("Key{upper}"), upper.into(), character.is_ascii_uppercase()),
            '0'..='9' => stroke(format!("Digit{character}"), character.into(), false),
            ' ' => Self::named("Space"),
            '\n' => Self::named("Enter"),
            '\t' => Self::named("Tab"),
            other => match SHIFTED_DIGITS.find(other) {
                Some(digit) => stroke(format!("Digit{digit}"), u32::from(b'0') + digit as u32, true),
                None => {
                    let sign = SIGNS.iter().find(|(plain, shifted, ..)| *plain == other || *shifted == other)?;
                    stroke(sign.2.to_owned(), sign.3, sign.1 == other)
                }
            },
        }
    }

    fn named(name: &str) -> Option<Self> {
        let (name, key_code, text) = NAMED.iter().find(|(known, ..)| *known == name)?;
        let key = if *name == "Space" { " " } else { name };
        let (key, code, text) = (key.to_owned(), (*name).to_owned(), (*text).to_owned());
        Some(Self { key, code, key_code: *key_code, text, modifiers: 0 })
    }

    /// The parameters of `Input.dispatchKeyEvent`, pressed or let go.
    pub(super) fn event(&self, is_down: bool) -> Value {
        let kind = match (is_down, self.text.is_empty()) {
            (true, false) => "keyDown",
            (true, true) => "rawKeyDown",
            (false, _) => "keyUp",
        };
        let mut event = json!({
            "type": kind, "key": self.key, "code": self.code, "windowsVirtualKeyCode": self.key_code,
            "modifiers": self.modifiers,
        });
        if is_down {
            event["text"] = json!(self.text);
            event["commands"] = json!(self.editing());
        }
        event
    }

    /// What a desktop makes of the stroke; a browser without one has to be told.
    fn editing(&self) -> &'static [&'static str] {
        match (self.modifiers, self.key.as_str()) {
            (2, "a") => &["selectAll"],
            (2, "c") => &["copy"],
            (2, "v") => &["paste"],
            (2, "x") => &["cut"],
            (2, "z") => &["undo"],
            _ => &[],
        }
    }
}

fn modifier(name: &str) -> u32 {
    match name {
        "Alt" => 1,
        "Control" => 2,
        "Meta" => 4,
        "Shift" => SHIFT,
        other => panic!("{other:?} is not held while a key is pressed"),
    }
}
