//! Whatever goes wrong in a page fails its journey, unless it was expected.

use tests::browser::{Browser, Kind, Page, Site};

use super::{document, show};

/// What `finish` fails with; a page on which all is well would fail here.
async fn failure(page: Page) -> String {
    let finished = tokio::spawn(async { page.finish().await }).await;
    let panic = finished.expect_err("something went wrong in the page").into_panic();
    panic.downcast_ref::<String>().expect("a message").clone()
}

#[tokio::test]
async fn errors_of_the_console_and_uncaught_exceptions() {
    let Some(browser) = Browser::open().await else { return };
    for (script, told) in [
        ("console.error('bad', 7)", "bad 7"),
        ("console.warn('odd')", "odd"),
        ("null.field", "Cannot read properties of null"),
        ("Promise.reject(new Error('left alone'))", "left alone"),
        ("alert('hello')", "alert: hello"),
    ] {
        let page = show(&browser, &format!("<script>{script}</script>")).await;
        let failed = failure(page).await;
        assert!(failed.contains(told), "{script}: {failed}");
    }
    let page = show(&browser, "<script>console.log('fine'); console.info('fine')</script>").await;
    page.finish().await;
}

#[tokio::test]
async fn what_is_expected_must_come() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, "<script>console.error('bad')</script>").await;
    page.expect(Kind::Console, "bad");
    page.finish().await;

    let page = show(&browser, "").await;
    page.expect(Kind::Console, "bad");
    assert!(failure(page).await.contains("was expected to go wrong"));
}

#[tokio::test]
async fn violations_of_the_policy() {
    let Some(browser) = Browser::open().await else { return };
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'";
    let script = "try { document.body.innerHTML = '<b>b</b>' } catch { }";
    for (body, told) in [
        ("<script>1</script>", "inline script"),
        ("<p style='color: red'>p</p>", "inline style"),
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' alt=''>", "img-src"),
        ("<button onclick='1'>b</button>", "inline event handler"),
        ("<script src=/page.js></script>", "TrustedHTML"),
    ] {
        let site = Site::start_with(&[("content-security-policy", policy)]).await;
        site.put("/", "text/html", &document(body));
        site.put("/page.js", "text/javascript", script);
        let page = browser.page(site.url()).await;
        let problem = page.problem(Kind::ContentSecurityPolicy, "").await;
        assert!(problem.text.contains(told), "{body}: {problem:?}");
        page.finish().await;
    }
}

#[tokio::test]
async fn failed_requests() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, "<img src=/missing.png alt='' width=1 height=1>").await;
    let failed = failure(page).await;
    assert!(failed.contains("/missing.png: 404"), "{failed}");

    // Nothing leaves the machine.
    let page =
        show(&browser, "<script>fetch('https://example.com/').catch(() => document.title = 'lost')</script>").await;
    page.until("the request fails", "document.title === 'lost'").await;
    let failed = failure(page).await;
    assert!(failed.contains("ERR_NAME_NOT_RESOLVED"), "{failed}");

    // What a page gives up itself is no failure.
    let given_up = "<script>
        const giving_up = new AbortController();
        fetch('/', { signal: giving_up.signal }).catch(() => document.title = 'given up');
        giving_up.abort();
    </script>";
    let page = show(&browser, given_up).await;
    page.until("it gives up", "document.title === 'given up'").await;
    page.finish().await;
}

#[tokio::test]
async fn a_page_that_nobody_finishes() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, "").await;
    let dropped = tokio::spawn(async move { drop(page) }).await;
    let panic = dropped.expect_err("it does not pass").into_panic();
    assert!(panic.downcast_ref::<&str>().is_some_and(|message| message.contains("finish")));
}

#[tokio::test]
async fn broken_rules_of_accessibility_also_in_shadow_roots() {
    let Some(browser) = Browser::open().await else { return };
    let clean = "<main><h1>Fine</h1><label>Name <input></label><button>Send</button></main>";
    // With the strictest policy, which would keep a page's own scripts from doing what axe does.
    let policy = "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
    let site = Site::start_with(&[("content-security-policy", policy)]).await;
    site.put("/", "text/html", &document(clean));
    let page = browser.page(site.url()).await;
    page.is_accessible().await;
    page.finish().await;

    let broken = "<main><h1>Not fine</h1><x-form></x-form></main><script>
        class Form extends HTMLElement {
            connectedCallback() {
                this.attachShadow({ mode: 'open' }).innerHTML =
                    `<input><p style='color: #aaa; background: #fff'>Pale</p>
                    <button style='all: unset; width: 9px; height: 9px' aria-label=a></button><button
                    style='all: unset; width: 9px; height: 9px' aria-label=b></button>`;
            }
        }
        customElements.define('x-form', Form);
    </script>";
    let page = show(&browser, broken).await;
    let mut rules: Vec<String> = page.axe().await.into_iter().map(|violation| violation.rule).collect();
    rules.sort();
    assert_eq!(rules, ["color-contrast", "label", "target-size"]);
    page.finish().await;
}
