//! Who asks the API from a portal's page: tokens that are given, renewed, refused or lacking; and portals that the API
//! does not know.

use serde_json::json;
use tests::browser::{Browser, Kind, Site};
use tests::{System, workspace};

use super::{OWN_MODULE, Portal, firm_with_mails, heard, listening};

#[tokio::test]
async fn a_token_is_renewed_when_the_api_refuses_it() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    // Before the module is there: a page does not wait for it to set properties.
    portal.module(&format!(
        "{}
        globalThis.asked = [];
        const tokens = ['expired', 'local:roe'];
        document.querySelector('invoice-communications').token = async (ask) => {{
            asked.push(ask ?? null);
            await new Promise((done) => setTimeout(done));
            return ask?.renew ? 'local:roe' : tokens[asked.length > 2 ? 1 : 0];
        }};",
        listening(&[])
    ));
    portal.show_with(OWN_MODULE, "<invoice-communications invoice=1042></invoice-communications>");
    let page = portal.open(&browser).await;
    page.css("invoice-communications").shows("ann@roe.example").await;
    assert_eq!(page.evaluate("asked.slice(0, 2)").await, json!([null, { "renew": true }]));
    let requests = page.requests("/v1/invoices/1042/emails");
    let tokens: Vec<_> = requests.iter().filter_map(|request| request.headers.get("authorization")).collect();
    assert_eq!(tokens[..2], ["Bearer expired", "Bearer local:roe"]);
    assert_eq!(page.evaluate("heard").await, json!([]), "nobody needs to sign in");
    page.expect(Kind::Request, ": 401");
    page.finish().await;
}

#[tokio::test]
async fn a_portal_that_cannot_give_a_token_leaves_nobody_waiting() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    portal.module(
        "globalThis.fails = true;
        const view = document.querySelector('invoice-communications');
        view.token = () => fails ? Promise.reject(new Error('no session')) : Promise.resolve('local:roe');",
    );
    portal.show_with(OWN_MODULE, "<invoice-communications invoice=1042></invoice-communications>");
    let page = portal.open(&browser).await;
    page.any("alert").shows("Your sign-in could not be renewed.").await;
    assert_eq!(page.requests("/v1/").len(), 0, "nothing is asked without a token that there should be");
    page.evaluate("fails = false").await;
    page.role("button", "Try again").click().await;
    page.css("invoice-communications").shows("ann@roe.example").await;
    page.finish().await;
}

#[tokio::test]
async fn the_example_that_portals_copy_works() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    let readme = std::fs::read_to_string(workspace::root().join("functions/web/README.md")).unwrap();
    let (_, example) = readme.split_once("```html\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let example = example.replace("https://mail.example.com", &portal.system.url());
    let tokens = "globalThis.currentToken = () => 'expired'; globalThis.renewedToken = async () => 'local:roe';";
    let html = format!("<!doctype html><html lang=en><title>A portal</title><script>{tokens}</script>{example}");
    portal.site.put("/", "text/html; charset=utf-8", &html);
    let page = portal.open(&browser).await;
    page.any("row").containing("ann@roe.example").shows("Sent").await;
    page.css("invoice-email-report").shows("Times in Europe/Berlin").await;
    page.expect(Kind::Request, ": 401");
    page.finish().await;
}

#[tokio::test]
async fn who_is_signed_out_is_told_and_the_document_hears_of_it() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    let firm = firm_with_mails(&portal.system, "roe").await;
    firm.attention_when("a bounce", |rows| rows.len() == 1).await;
    portal.module(&listening(&[]));
    for element in ["invoice-email-report", "invoice-communications invoice=1042", "invoice-email-attention"] {
        portal.show_with(OWN_MODULE, &format!("<{element} token=expired>"));
        let page = portal.open(&browser).await;
        page.any("alert").shows("You are signed out, or your session has ended.").await;
        let told = heard(&page, "unauthorized").await;
        assert_eq!(told[0]["problem"]["status"], 401, "{element}: {told:?}");
        page.expect(Kind::Request, ": 401");
        // Another token is used at once.
        let name = element.split(' ').next().unwrap();
        page.css(name).evaluate("(element) => element.setAttribute('token', 'local:roe')").await;
        page.css(name).shows("bounce@simulator.amazonses.com").await;
        page.finish().await;
    }
}

#[tokio::test]
async fn what_is_configured_holds_for_all_and_an_elements_own_attributes_outrank_it() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    for name in ["roe", "miller"] {
        firm_with_mails(&portal.system, name).await;
    }
    portal.module(
        "import { configure } from 'SYSTEM/ui/invoice-email.js';
        configure({ token: () => 'local:roe', timezone: 'Asia/Tokyo', locale: 'en-GB' });",
    );
    portal.show_with(
        OWN_MODULE,
        "<invoice-communications id=roe invoice=1042></invoice-communications>
        <invoice-communications id=miller invoice=1042 token=local:miller timezone=Europe/Berlin>
        </invoice-communications>",
    );
    let page = portal.open(&browser).await;
    let (roe, miller) = (page.css("#roe"), page.css("#miller"));
    let roes = roe.shows("ann@roe.example").await;
    let millers = miller.shows("ann@miller.example").await;
    assert!(!roes.contains("miller") && !millers.contains("roe"), "two firms see only their own: {roes} {millers}");
    assert!(roes.contains("Times in Asia/Tokyo") && millers.contains("Times in Europe/Berlin"), "{roes} {millers}");
    page.finish().await;
}

#[tokio::test]
async fn a_portal_that_the_api_does_not_know_is_told_so_in_the_elements_place() {
    let Some(browser) = Browser::open().await else { return };
    // Without any origins the modules are for everybody, and the API for nobody.
    let portal = Portal { site: Site::start().await, system: System::start().await };
    for element in ["invoice-email-report", "invoice-communications invoice=1042", "invoice-email-attention"] {
        portal.show(&format!("<{element} token=local:roe>"));
        let page = portal.open(&browser).await;
        page.any("alert").shows("There is no connection to the service.").await;
        page.expect(Kind::Request, "AllowOriginHeader");
        page.expect(Kind::Console, "CORS policy");
        page.finish().await;
    }
    // With others the module is not for this portal either: what the page itself has put into the tag stays.
    let system = System::start_for(&["https://portal.example.com"]).await;
    let portal = Portal { site: Site::start().await, system };
    portal.show("<invoice-email-report>The report cannot be shown.</invoice-email-report>");
    let page = portal.open(&browser).await;
    page.shown("The report cannot be shown.").appears().await;
    page.expect(Kind::Request, "AllowOriginHeader");
    page.expect(Kind::Console, "CORS policy");
    page.finish().await;
}
