//! Input is what a person's hands do, and reaches what they would reach.

use serde_json::json;
use tests::browser::Browser;

use super::show;

/// Notes which events reached which element, and whether the browser trusts them.
const NOTES: &str = "<script>
    const notes = [];
    for (const kind of ['click', 'dblclick', 'mouseover', 'touchstart', 'keydown', 'paste', 'input']) {
        addEventListener(kind, (event) => notes.push([kind, event.composedPath()[0].id, event.key ?? '', event.isTrusted]), true);
    }
</script>";

#[tokio::test]
async fn the_mouse_clicks_what_is_at_rest_and_not_covered() {
    let Some(browser) = Browser::open().await else { return };
    let body = format!(
        "{NOTES}<style>
            @keyframes go {{ from {{ transform: translateX(400px) }} to {{ transform: none }} }}
            #moving {{ animation: go 300ms linear }}
            #cover {{ position: fixed; inset: 0; background: #fffc }}
        </style>
        <button id=moving>Moving</button><div style='height: 2000px'></div><button id=below disabled>Below</button>
        <div id=cover></div>
        <script>setTimeout(() => {{ cover.remove(); below.disabled = false }}, 200)</script>"
    );
    let page = show(&browser, &body).await;
    page.role("button", "Below").click().await;
    page.role("button", "Moving").click().await;
    page.role("button", "Moving").double_click().await;
    let clicks = "notes.filter(([kind]) => kind.endsWith('click')).map(([kind, id,, trusted]) => [kind, id, trusted])";
    let expected = json!([
        ["click", "below", true],
        ["click", "moving", true],
        ["click", "moving", true],
        ["click", "moving", true],
        ["dblclick", "moving", true]
    ]);
    assert_eq!(page.evaluate(clicks).await, expected);
    page.css("#below").hover().await;
    page.until("the pointer is over it", "document.querySelector('#below:hover') !== null").await;
    page.move_pointer(1.0, 1.0).await;
    page.until("the pointer has left it", "document.querySelector('#below:hover') === null").await;
    page.finish().await;
}

#[tokio::test]
async fn text_in_a_slot_is_clicked_where_it_is_shown() {
    let Some(browser) = Browser::open().await else { return };
    let body = "<x-button>Slotted</x-button>
        <script>
            const clicked = [];
            addEventListener('click', (event) => clicked.push(event.composedPath().some((one) => one.id === 'inner')));
            class Button extends HTMLElement {
                connectedCallback() {
                    this.attachShadow({ mode: 'open' }).innerHTML = '<button id=inner><slot>Nothing</slot></button>';
                }
            }
            customElements.define('x-button', Button);
        </script>";
    let page = show(&browser, body).await;
    page.role("button", "Slotted").click().await;
    assert_eq!(page.evaluate("clicked").await, json!([true]));
    page.finish().await;
}

#[tokio::test]
async fn the_keyboard_goes_through_the_page_and_writes() {
    let Some(browser) = Browser::open().await else { return };
    let body = format!(
        "{NOTES}<label>Address <input id=address></label> <label>Words <textarea id=words></textarea></label>
        <select id=choice aria-label=Choice><option>One<option>Two</select>
        <x-box></x-box>
        <script>
            class Box extends HTMLElement {{
                connectedCallback() {{
                    this.attachShadow({{ mode: 'open' }}).innerHTML = '<button id=inner>Inner</button>';
                }}
            }}
            customElements.define('x-box', Box);
        </script>"
    );
    let page = show(&browser, &body).await;
    page.press("Tab").await;
    page.type_text("Ann.O'Neil+1@x-Y.example; \"Bób\" <b@y>").await;
    assert_eq!(page.role("textbox", "Address").value().await, "Ann.O'Neil+1@x-Y.example; \"Bób\" <b@y>");
    page.role("textbox", "Address").fill("new").await;
    assert_eq!(page.css("#address").value().await, "new");
    page.css("#address").fill("").await;
    assert_eq!(page.css("#address").value().await, "");
    page.press("Tab").await;
    page.type_text("two\nlines").await;
    assert_eq!(page.css("#words").value().await, "two\nlines");
    page.role("combobox", "Choice").press("ArrowDown").await;
    assert_eq!(page.css("#choice").value().await, "Two");
    page.press("Tab").await;
    let focused = page.focused().await;
    assert_eq!((&focused["role"], &focused["name"]), (&json!("button"), &json!("Inner")), "{focused}");
    page.press("Shift+Tab").await;
    assert_eq!(page.focused().await["name"], "Choice");
    page.press("Escape").await;
    let keys = page.evaluate("notes.filter(([kind]) => kind === 'keydown').map(([,, key, trusted]) => [key, trusted])");
    let keys = keys.await;
    let all = keys.as_array().unwrap();
    assert_eq!(all.last(), Some(&json!(["Escape", true])), "{keys}");
    assert!(all.contains(&json!(["@", true])), "{keys}");
    page.finish().await;
}

#[tokio::test]
async fn text_is_pasted_from_the_clipboard() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, &format!("{NOTES}<input id=field aria-label=Field>")).await;
    page.css("#field").focus().await;
    page.paste("a@x; Bób <b@y>").await;
    assert_eq!(page.css("#field").value().await, "a@x; Bób <b@y>");
    let pasted = page.evaluate("notes.some(([kind, id,, trusted]) => kind === 'paste' && id === 'field' && trusted)");
    assert_eq!(pasted.await, json!(true));
    page.finish().await;
}

#[tokio::test]
async fn a_finger_taps() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, &format!("{NOTES}<button id=target>Target</button>")).await;
    page.change(|view| view.touch = true).await;
    assert_eq!(page.evaluate("matchMedia('(hover: none) and (pointer: coarse)').matches").await, json!(true));
    page.role("button", "Target").tap().await;
    page.until("the tap is a click", "notes.some(([kind, id]) => kind === 'click' && id === 'target')").await;
    assert_eq!(page.evaluate("notes[0].slice(0, 2)").await, json!(["touchstart", "target"]));
    page.finish().await;
}
