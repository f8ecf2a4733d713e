//! Time that a journey lets pass: a page whose timers wait for it. What happens after a while, and what does not happen,
//! is then seen exactly and at once.

use tests::browser::{Opening, Page};

/// Takes the place of the page's timers; those of frames go by themselves.
const CLOCK: &str = "if (window === top) {
    const sleep = globalThis.setTimeout;
    const timers = new Map();
    let [now, last] = [0, 0];
    globalThis.setTimeout = (run, ms = 0, ...rest) => {
        timers.set(++last, { run: () => run(...rest), at: now + Number(ms) });
        return last;
    };
    globalThis.clearTimeout = (id) => timers.delete(id);
    globalThis.dueIn = () => [...timers.values()].map(({ at }) => at - now);
    globalThis.passTime = async (ms) => {
        const end = now + ms;
        for (;;) {
            const [due] = [...timers].sort(([, one], [, other]) => one.at - other.at);
            if (!due || due[1].at > end) break;
            now = due[1].at;
            timers.delete(due[0]);
            due[1].run();
            // What it has begun may set another timer.
            await new Promise((done) => sleep(done));
        }
        now = end;
    };
}";

/// Opens a page at this URL in which no time passes.
pub(super) async fn stopped(blank: Opening, url: &str) -> Page {
    let page = blank.await;
    page.call("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({ "source": CLOCK })).await;
    page.goto(url).await;
    page
}

/// Lets time pass for the page's timers.
pub(super) async fn pass(page: &Page, ms: u32) {
    page.evaluate(&format!("passTime({ms})")).await;
}

/// Waits until a timer of the page is due in so many milliseconds: what went before, such as an answer, was dealt with.
pub(super) async fn due(page: &Page, ms: u32) {
    page.until(&format!("a timer is due in {ms} ms"), &format!("dueIn().includes({ms})")).await;
}
