//! However it is sent, and whatever goes wrong meanwhile: an e-mail is sent once.

use tests::browser::{Browser, Kind, Page, Reply};
use tests::{System, until};

use super::super::focus;
use super::{EMAILS, check, dialog, field, open, posted, write};

/// The page's next answers to what sends are lost on their way, after the system has done what they are about.
const LOSE_ANSWERS: &str = "(count) => {
    const ask = globalThis.fetch;
    globalThis.fetch = async (url, options) => {
        const answer = await ask(url, options);
        if (options?.headers?.['Idempotency-Key'] && count-- > 0) throw new TypeError('Failed to fetch');
        return answer;
    };
}";

/// A draft to Ann that is checked and waits to be sent.
async fn checked(browser: &Browser, system: &System) -> Page {
    let page = open(browser, system).await;
    write(&page, "ann@example.com").await;
    check(&page).await;
    page
}

fn send_button(page: &Page) -> tests::browser::Locator<'_> {
    page.role("button", "Send to 1 person")
}

/// It was sent once: one send in the history, one mail.
async fn sent_once(page: &Page, system: &System) {
    dialog(page).shows("On its way to 1 person").await;
    let history = system.firm("demo").history_with("1042", "delivered").await;
    system.settled().await;
    assert_eq!((history["sends"].as_array().unwrap().len(), system.mailbox().await.len()), (1, 1));
}

/// The keys of all requests to send so far.
fn keys(page: &Page) -> Vec<String> {
    posted(page, EMAILS).into_iter().map(|(_, key)| key).collect()
}

#[tokio::test]
async fn a_double_click_sends_once() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = checked(&browser, &system).await;
    send_button(&page).double_click().await;
    sent_once(&page, &system).await;
    assert_eq!(keys(&page).len(), 1);
    page.finish().await;
}

#[tokio::test]
async fn enter_and_a_click_right_after_it_send_once() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = checked(&browser, &system).await;
    send_button(&page).focus().await;
    // All in one turn of the page, faster than any hand.
    page.evaluate(
        "{ const all = (node) => [...(node.shadowRoot?.children ?? []), ...node.children].flatMap((one) => [one, ...all(one)]);
        const button = all(document.body).find((one) => one.localName === 'button' && one.textContent.includes('Send to 1'));
        button.click(); button.click(); }",
    )
    .await;
    page.press("Enter").await;
    sent_once(&page, &system).await;
    assert_eq!(keys(&page).len(), 1);
    page.finish().await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_key() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = checked(&browser, &system).await;
    page.css("body").evaluate(&format!("() => ({LOSE_ANSWERS})(1)")).await;
    send_button(&page).click().await;
    sent_once(&page, &system).await;
    let keys = keys(&page);
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
    assert!(keys[0].len() >= 32, "{keys:?}");
    page.finish().await;
}

#[tokio::test]
async fn a_person_who_tries_again_after_lost_answers_sends_once() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = checked(&browser, &system).await;
    // As many as the page asks for by itself, and one more.
    page.css("body").evaluate(&format!("() => ({LOSE_ANSWERS})(4)")).await;
    send_button(&page).press("Enter").await;
    dialog(&page).shows("There is no connection to the service.").await;
    dialog(&page).shows("Trying again does not send it twice, even if it was sent after all.").await;
    assert_eq!(keys(&page).len(), 3);
    // Whoever leaves now is asked: what became of it is not known.
    page.press("Escape").await;
    page.role("button", "Keep writing").press("Enter").await;
    focus::is_on(&page, "heading", "Check the e-mail").await;
    page.role("button", "Try again").press("Enter").await;
    sent_once(&page, &system).await;
    let keys = keys(&page);
    assert_eq!(keys.len(), 5);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    page.finish().await;
}

#[tokio::test]
async fn another_content_has_another_key_and_the_same_content_the_same() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = checked(&browser, &system).await;
    page.expect(Kind::Request, ": 409");
    let refused = Reply::problem(409, "Another request with this key is under way.").to("POST").times(1);
    page.intercept(EMAILS, refused.clone()).await;
    send_button(&page).click().await;
    dialog(&page).shows("Another request with this key is under way.").await;

    // Looked at and left as it is.
    page.role("button", "Change").click().await;
    check(&page).await;
    page.intercept(EMAILS, refused).await;
    send_button(&page).click().await;
    until("the second refusal", async || match keys(&page).len() {
        2 => Ok(()),
        other => Err(other.to_string()),
    })
    .await;
    dialog(&page).shows("Another request with this key is under way.").await;

    page.role("button", "Change").click().await;
    field(&page, "Subject").fill("Another subject").await;
    check(&page).await;
    send_button(&page).click().await;
    sent_once(&page, &system).await;
    let keys = keys(&page);
    assert_eq!(keys.len(), 3);
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[1], keys[2]);
    system.mail("Another subject", "ann@example.com").await;
    page.finish().await;
}

#[tokio::test]
async fn the_same_e_mail_written_once_more_is_sent_once_more() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = checked(&browser, &system).await;
    send_button(&page).click().await;
    sent_once(&page, &system).await;
    page.role("button", "Close").nth(1).click().await;
    dialog(&page).disappears().await;
    page.role("button", "Send an e-mail").click().await;
    assert_eq!(field(&page, "Subject").value().await, "");
    write(&page, "ann@example.com").await;
    check(&page).await;
    dialog(&page).shows("This invoice was already e-mailed to this address").await;
    send_button(&page).click().await;
    dialog(&page).shows("On its way to 1 person").await;
    let keys = keys(&page);
    assert_ne!(keys[0], keys[1]);
    system.settled().await;
    assert_eq!(system.mailbox().await.len(), 2);
    page.finish().await;
}
