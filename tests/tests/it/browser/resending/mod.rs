//! Sending again to one person, at the same or at a corrected address, out of the communications view.

mod blocked;
mod correcting;
mod once;

use serde_json::json;
use tests::browser::{Browser, Locator, Page};
use tests::{Firm, System, api};

use super::clock::pass;
use super::communications::{INVOICE, firm_of, open_stopped, person};

const BOUNCES: &str = "bounce@simulator.amazonses.com";
const SUBJECT: &str = "Invoice 1042";
const CORRECT: &str = "Correct the address and send again";

/// How long nobody has typed before an address is asked about.
const TYPING_ENDS_MS: u32 = 600;

/// A page that shows an invoice of which one copy has failed.
struct Failed {
    system: System,
    firm: Firm,
    send: String,
    /// Bob's address.
    address: &'static str,
    page: Page,
}

impl Failed {
    /// The copy of Bob has bounced, so that his address is on the suppression list; Ann has got hers.
    async fn bounced(browser: &Browser) -> Self {
        Self::with(browser, BOUNCES, "rejected").await
    }

    /// Bob's server puts his copy off: nothing speaks against sending it again.
    async fn delayed(browser: &Browser) -> Self {
        Self::with(browser, "delayed@local.test", "delayed").await
    }

    async fn with(browser: &Browser, address: &'static str, status: &str) -> Self {
        let system = System::start().await;
        let firm = firm_of(&system);
        let body = json!({
            "to": format!("Ann <ann@example.com>; Bob <{address}>"), "subject": SUBJECT, "message": "Dear all,",
        });
        let send = api::id(&firm.send(INVOICE, body).await);
        firm.history_when(INVOICE, status, |history| {
            history["sent_status"] == status && history["sends"][0]["recipients"][0]["evidence"] == "delivered"
        })
        .await;
        system.settled().await;
        let page = open_stopped(browser, &system).await;
        person(&page, address).appears().await;
        Self { system, firm, send, address, page }
    }

    /// The latest recipient with this address: of the send on top.
    fn latest(&self, address: &str) -> Locator<'_> {
        person(&self.page, address).nth(0)
    }

    /// Opens the dialog by its button.
    async fn dialog(&self, heading: &str, button: &str) -> Locator<'_> {
        self.page.role_with("button", button).click().await;
        let dialog = self.page.role("dialog", heading);
        dialog.appears().await;
        dialog
    }

    /// Opens the dialog for another address, and writes it.
    async fn corrected_to(&self, address: &str) -> Locator<'_> {
        let dialog = self.dialog(CORRECT, &format!("{CORRECT}: {}", self.address)).await;
        self.page.role("textbox", "New address").fill(address).await;
        pass(&self.page, TYPING_ENDS_MS).await;
        dialog
    }

    /// To whom mails have gone so far, by the alphabet.
    async fn reached(&self) -> Vec<String> {
        self.system.settled().await;
        let mut all: Vec<String> = self.system.mailbox().await.into_iter().map(|mail| mail.to).collect();
        all.sort();
        all
    }

    /// The requests that ask to send again, without those that only ask what that would be.
    fn sent(&self) -> Vec<tests::browser::Request> {
        self.page.requests("/resend").into_iter().filter(|request| !request.url.ends_with("/preview")).collect()
    }
}
