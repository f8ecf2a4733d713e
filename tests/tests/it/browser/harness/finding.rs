//! Elements are found as people and their tools find them.

use serde_json::json;
use tests::browser::{Browser, Kind, Site};

use super::{document, show};

/// A list in a shadow root in a shadow root, with a slot in between, as components build them.
const NESTED: &str = r#"
  <h1>Mails</h1>
  <outer-list><b>slotted</b></outer-list>
  <button style="display: none">Hidden</button>
  <script>
    class Row extends HTMLElement {
      connectedCallback() {
        const { address } = this.dataset;
        this.attachShadow({ mode: "open" }).innerHTML =
          `<style>p { margin: 4px }</style><p>To <span>${address}</span> <button aria-expanded="false">History</button></p>`;
        this.shadowRoot.querySelector("button").onclick = (event) => {
          event.target.setAttribute("aria-expanded", "true");
          this.shadowRoot.querySelector("p").append(` shown of ${address}`);
        };
      }
    }
    class List extends HTMLElement {
      connectedCallback() {
        this.attachShadow({ mode: "open" }).innerHTML = `
          <slot></slot>
          <inner-row role="group" aria-label="first" data-address="ann@example.com"></inner-row>
          <inner-row role="group" aria-label="second" data-address="bob@example.com"></inner-row>`;
      }
    }
    customElements.define("inner-row", Row);
    customElements.define("outer-list", List);
  </script>"#;

#[tokio::test]
async fn through_nested_shadow_roots_by_role_text_and_selector() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, NESTED).await;

    assert_eq!(page.role("button", "History").count().await, 2);
    assert_eq!(page.role("button", "Hidden").count().await, 0, "assistive technology is not told of it");
    assert_eq!(page.css("button").count().await, 3);
    assert_eq!(page.css("inner-row span").texts().await, [""; 0], "a selector holds within one root");
    assert_eq!(page.css("p span").texts().await, ["ann@example.com", "bob@example.com"]);
    assert_eq!(page.shown("slotted").count().await, 1);
    assert_eq!(page.shown("slott").count().await, 0);
    assert_eq!(page.shown_with("example.com").count().await, 2, "the innermost, not each that is around them");
    assert_eq!(page.text().await, "Mails slotted To ann@example.com History To bob@example.com History");

    let second = page.role("group", "second");
    page.role("button", "History").inside(&second).click().await;
    second.shows("shown of bob@example.com").await;
    assert!(!page.role("group", "first").text().await.contains("shown"));
    let history = page.css("p button").nth(1);
    history.until_attribute("aria-expanded", "true").await;
    assert_eq!(history.accessibility().await["expanded"], json!(true));
    assert_eq!(page.css("inner-row").containing("bob").attribute("aria-label").await.as_deref(), Some("second"));
    assert_eq!(page.css("inner-row").last().evaluate("(row) => row.dataset.address").await, json!("bob@example.com"));
    assert_eq!(page.any("heading").text().await, "Mails");
    page.finish().await;
}

#[tokio::test]
async fn in_the_document_of_a_sandboxed_frame() {
    let Some(browser) = Browser::open().await else { return };
    let inner = "<p>Dear Ann</p><button onclick=\"this.textContent = 'Pressed'\">Press</button>";
    let inner = document(inner).replace('"', "&quot;");
    let body =
        format!(r#"<div style="height: 900px"></div><iframe sandbox="allow-scripts" srcdoc="{inner}"></iframe>"#);
    let page = show(&browser, &body).await;
    let frame = page.css("iframe");
    assert_eq!(page.shown("Dear Ann").count().await, 0, "a frame is another document");
    assert_eq!(page.shown("Dear Ann").inside(&frame).text().await, "Dear Ann");
    page.role("button", "Press").inside(&frame).click().await;
    page.role("button", "Pressed").inside(&frame).appears().await;
    page.finish().await;
}

#[tokio::test]
async fn text_is_what_is_on_the_screen() {
    let Some(browser) = Browser::open().await else { return };
    let body = "<p>One<b>and</b><br>two<i style='display: none'>none</i><i style='visibility: hidden'>hidden</i></p>
        <div>A</div><div>block</div><select><option>Any<option>Sent</select><template>t</template><style>s {}</style>";
    let page = show(&browser, body).await;
    assert_eq!(page.text().await, "Oneand two A block Any");
    page.finish().await;
}

#[tokio::test]
async fn pages_are_gone_to_back_from_and_loaded_anew() {
    let Some(browser) = Browser::open().await else { return };
    let site = Site::page(&document("<p>first</p>")).await;
    site.put("/second", "text/html", &document("<p>second</p>"));
    let page = browser.page(site.url()).await;
    page.goto(&format!("{}/second?q=1#h", site.url())).await;
    assert_eq!(page.url().await, format!("{}/second?q=1#h", site.url()));
    page.shown("second").appears().await;
    page.back().await;
    page.shown("first").appears().await;
    site.put("/", "text/html", &document("<p>newer</p>"));
    page.reload().await;
    page.shown("newer").appears().await;
    let refused = page.navigate("http://127.0.0.1:1/").await;
    assert!(refused.is_err_and(|error| error.contains("ERR_")));
    page.expect(Kind::Request, "http://127.0.0.1:1/");
    page.finish().await;
}

#[tokio::test]
async fn what_comes_later_is_waited_for() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, "<p id=p>Loading</p>").await;
    page.evaluate("{ setTimeout(() => p.textContent = 'Loaded', 150) }").await;
    page.css("p").shows("Loaded").await;
    page.evaluate("{ setTimeout(() => p.remove(), 150) }").await;
    page.shown("Loaded").disappears().await;
    page.css("p").until_count(0).await;
    assert!(!page.css("p").is_visible().await);
    page.finish().await;
}
