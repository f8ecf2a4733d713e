"""One invoice's way through the deployed application, as its three parties see it: the portal, SES, the recipients.

Each function is a step; they build on one another.
"""

import csv
import gzip
import io
import json
from typing import Any

from expect import expect, same, saw, step, until
from ses import Mail
from world import Answer, World

PORTAL_ORIGIN = "https://portal.example.com"
INVOICE_URL = "https://portal.example.com/i/1042?from=mail&lang=en"
TO, SECOND_TO = "success+ann@simulator.amazonses.com", "success+bob@simulator.amazonses.com"
CC, BCC = "bounce+carl@simulator.amazonses.com", "complaint+dora@simulator.amazonses.com"
NEW = "success+eva@simulator.amazonses.com"
EMAIL = {
    "to": f"Ann Roe <{TO}>; {SECOND_TO}",
    "cc": [CC],
    "bcc": [BCC],
    "message": "Dear Ann, your invoice is ready.",
    "facts": {"number": "1042", "client": "client-7", "client_name": "=Acme", "currency": "USD",
              "amount": "1250.00", "balance": "1000.00", "due_on": "2027-01-31", "url": INVOICE_URL},
}
PATH = "/v1/invoices/1042/emails"
LATER_SUBJECT = "Your Kestrel retainer, invoice 1043"
MODULE = "/ui/invoice-email.js"
# The methods of each path; all others it answers with 405, and without a token.
METHODS = {
    "/": "GET, HEAD",
    MODULE: "GET, HEAD",
    PATH: "GET, POST",
    f"{PATH}/preview": "POST",
    f"{PATH}/send/proof": "GET",
    f"{PATH}/send/resend": "POST",
    f"{PATH}/send/resend/preview": "POST",
    "/v1/reports/invoice-emails": "GET",
    "/v1/reports/invoice-emails/summary": "GET",
    "/v1/attention": "GET",
    "/v1/attention/summary": "GET",
    "/v1/domains/example.com": "GET",
    "/v1/suppressions": "GET",
    "/v1/settings": "GET, PUT",
    "/v1/clients": "GET",
    "/v1/clients/acme": "GET, PUT",
    "/v1/invoices/1042": "GET, PUT",
    "/v1/invoices/1042/payments": "POST",
    "/v1/invoices/1042/finalize": "POST",
    "/v1/portal/account": "GET",
    f"/v1/suppressions/{CC.replace('@', '%40')}": "DELETE",
    f"/v1/recipients/{CC.replace('@', '%40')}": "DELETE",
}
SETTINGS = {
    "firm_name": "Lee & Sons",
    "display_balances": True,
    "allow_account_history": True,
    "send_automatic_invoice_emails": True,
}
# What Apple's mail programs load images with before anybody reads.
APPLE = "Mozilla/5.0"


def run(world: World) -> None:
    """All steps before the stack is updated."""
    strangers(world)
    screens(world)
    accepted = submit(world)
    sent(world)
    recorded(world)
    repeated(world, accepted)
    opened(world)
    clicked(world)
    unsubscribed(world)
    reported(world)
    other_methods(world)


def strangers(world: World) -> None:
    """Who is not let in."""
    step("Requests that must not get in.")
    same("without a token", world.ask("GET", PATH).status, 401)
    tokens = {
        "not a token": ("nonsense", 401),
        "signed by somebody else": (world.issuer.forged_token("roe"), 401),
        "for another audience": (world.issuer.token("roe", aud="else"), 401),
        "expired": (world.issuer.token("roe", exp=1), 401),
        "without the scope": (world.issuer.token("roe", scope="openid"), 403),
        "without a firm": (world.issuer.token(None), 401),
        "of a client": (world.issuer.token("roe", **{"custom:client": "client-7"}), 403),
    }
    for who, (token, status) in tokens.items():
        same(f"a token {who}", world.ask("GET", PATH, {"authorization": f"Bearer {token}"}).status, status)
    saw(f"401 without a token; {', '.join(f'{status} {who}' for who, (_, status) in tokens.items())}")
    unknown = world.ask("GET", "/v1/nothing")
    same("an unknown path", (unknown.status, unknown.headers["content-type"]), (404, "application/problem+json"))
    saw("404 for an unknown path")
    asked = {"origin": PORTAL_ORIGIN, "access-control-request-method": "POST"}
    allowed = world.ask("OPTIONS", PATH, asked).headers.get("access-control-allow-origin")
    same("the origin that the portal's pages are allowed", allowed, PORTAL_ORIGIN)
    saw(f"pages of {allowed} may call")


def screens(world: World) -> None:
    """What a browser of staff loads, before anybody has a token."""
    step("The screens, without a token.")
    page = world.ask("GET", "/")
    same("the page", (page.status, page.headers["content-type"]), (200, "text/html; charset=utf-8"))
    expect("frame-ancestors 'none'" in page.headers["content-security-policy"], "the page may be framed", page.headers)
    same("HEAD of it", (world.ask("HEAD", "/").status, world.ask("HEAD", "/").body), (200, b""))
    plain = world.ask("GET", MODULE)
    expect(plain.status == 200 and plain.body.startswith(b"export "), "that is no module", plain.body)
    known = world.ask("GET", MODULE, {"if-none-match": plain.headers["etag"]})
    same("the module again", (known.status, known.body), (304, b""))
    # Compressed bytes leave a function as base64, and only the gateway's decoding makes them a file again.
    packed = world.ask("GET", "/", {"accept-encoding": "gzip"})
    same("the coding", packed.headers.get("content-encoding"), "gzip")
    same("the page unpacked", gzip.decompress(packed.body), page.body)
    same("a file that is not there", world.ask("GET", "/ui/nothing.js").status, 404)
    saw(f"200 for the page, {len(packed.body)} bytes packed; 304 for the module; 404 for what is not there")


def submit(world: World) -> Any:
    """The portal e-mails an invoice."""
    step(f"POST {PATH} to two To, a Cc and a Bcc, with an Idempotency-Key.")
    accepted = world.portal("POST", PATH, EMAIL, idempotency_key="first").json(202)
    kinds = {one["address"]: one["recipient"] for one in accepted["recipients"]}
    same("the recipients", kinds, {TO: "to:0", SECOND_TO: "to:1", CC: "cc:0", BCC: "bcc:0"})
    saw(f"202, send {accepted['send']}: {', '.join(kinds.values())}")
    return accepted


def sent(world: World) -> None:
    """The stream drove `send`."""
    step("The table's stream drives `send`: one message each.")

    def all_four() -> dict[str, Mail]:
        mails = {mail.recipient: mail for mail in world.ses.mails}
        same(f"who got a message (refused: {world.ses.refused})", sorted(mails), sorted([TO, SECOND_TO, CC, BCC]))
        return mails

    mails = until("four messages", all_four)
    same("messages", len(world.ses.mails), 4)
    for address, mail in mails.items():
        _check(world, address, mail)
    pixels = {mail.link("o") for mail in mails.values()}
    same("different pixels", len(pixels), 4)
    saw("four messages; each with its own pixel, links and tag, To and Cc visible, no Bcc anywhere")


def _check(world: World, address: str, mail: Mail) -> None:
    """One message as its recipient gets it."""
    mime, base = mail.mime, world.stack.outputs["TrackingBaseUrl"]
    same("the visible To", [one.addr_spec for one in mime["To"].addresses], [TO, SECOND_TO])
    same("the visible Cc", [one.addr_spec for one in mime["Cc"].addresses], [CC])
    # The others must not find the Bcc anywhere in theirs, whatever its encoding; the Bcc's own has no such header.
    raw = mail.raw.decode(errors="replace")
    texts = [part.get_content() for part in mime.walk() if part.get_content_maintype() == "text"]
    seen = raw.split("\r\n\r\n")[0] if address == BCC else "\n".join([raw, *texts])
    expect(mime["Bcc"] is None and BCC.split("@")[0] not in seen, f"the message to {address} names the Bcc", seen)
    same("the configuration set", mail.configuration_set, world.stack.outputs["ConfigurationSetName"])
    same("From", mail.sender, "invoices@billing.example.com")
    same("Auto-Submitted", mime["Auto-Submitted"], "auto-generated")
    same("List-Unsubscribe-Post", mime["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
    same("the subject", mime["Subject"].startswith("Invoice 1042 from"), True)
    expect(bool(mail.tags), f"the message to {address} has no tag that says whose it is")
    for purpose in ("o", "c"):
        expect(mail.link(purpose).startswith(f"{base}/{purpose}/"), f"no /{purpose}/ below {base}", mail.html)


def recorded(world: World) -> None:
    """SES's events found their recipients."""
    step("SES publishes what became of them; the history tells each recipient's own.")
    delivered = ["processed", "delivered"]
    wanted = {
        TO: ("sent", delivered),
        SECOND_TO: ("sent", delivered),
        CC: ("rejected", ["processed", "bounced"]),
        BCC: ("marked_spam", [*delivered, "complained"]),
    }

    def look() -> dict[str, dict[str, Any]]:
        recipients = world.recipients("1042")
        for address, (status, codes) in wanted.items():
            known = [one["status"] for one in recipients[address]["statuses"]]
            same(f"what {address} shows", (recipients[address]["sent_status"], known), (status, codes))
        return recipients

    for address, one in until("the history", look).items():
        published = world.ses.to(address).published
        statuses = [status["status"] for status in one["statuses"]]
        saw(f"{one['recipient']}: SES said {', '.join(published)}; history {', '.join(statuses)}: {one['sent_status']}")
        saw(f"  next: {one['next_action']}; {one['reason']}")
    history = world.get(PATH)
    same("the invoice's status", history["sent_status"], "marked_spam")
    same("what another firm sees of it", world.get(PATH, firm="doe")["sends"], [])
    saw("the invoice as a whole: marked_spam; another firm sees nothing of it")


def repeated(world: World, accepted: Any) -> None:
    """The same request again sends nothing."""
    step("The same POST again, then another body under the same key.")
    same("the answer", world.portal("POST", PATH, EMAIL, idempotency_key="first").json(202), accepted)
    same("another body", world.portal("POST", PATH, EMAIL | {"cc": []}, idempotency_key="first").status, 409)
    # The stand-in's stream is one shard: when a later invoice's message is there, a fifth of this one would be, too.
    world.portal("POST", "/v1/invoices/1043/emails", {"to": TO, "subject": LATER_SUBJECT}).json(202)
    until("the later invoice's message", lambda: world.ses.about(LATER_SUBJECT))
    same("messages about 1042", len([one for one in world.ses.mails if "1042" in one.mime["Subject"]]), 4)
    saw("the same answer, 409 for the other, and no fifth message")


def opened(world: World) -> None:
    """A person's open, then a machine's."""
    step("The pixel, by a browser and by Apple's Mail Privacy Protection.")
    pixel = world.ses.to(TO).link("o")
    answer = world.ask("GET", pixel)
    same("the pixel", (answer.status, answer.headers["content-type"], answer.body[:6]), (200, "image/gif", b"GIF89a"))
    one = until("the open", lambda: counted(world, TO, opens=1, automatic_opens=0))
    same("status", one["sent_status"], "opened")
    saw(f"200 image/gif, {len(answer.body)} bytes; sent_status opened, evidence {one['evidence']}, opens 1")
    same("the pixel again", world.ask("GET", pixel, {"user-agent": APPLE}).status, 200)
    until("the automatic open", lambda: counted(world, TO, opens=1, automatic_opens=1))
    saw("by `Mozilla/5.0` alone: opens 1, automatic_opens 1")
    same("a pixel without a valid token", world.ask("GET", f"{pixel[:-8]}AAAA.gif").status, 200)


def counted(world: World, address: str, **counts: int) -> dict[str, Any]:
    """A recipient of invoice 1042, whose counts have to be these."""
    one = world.recipients("1042")[address]
    same(f"{address}'s counts", {name: one[name] for name in counts}, counts)
    return one


def clicked(world: World) -> None:
    """The link leads where the portal said."""
    step("The link.")
    link = world.ses.to(SECOND_TO).link("c")
    answer = world.ask("GET", link)
    same("the redirect", (answer.status, answer.headers.get("location")), (302, INVOICE_URL))
    one = until("the click", lambda: counted(world, SECOND_TO, clicks=1))
    same("status", one["sent_status"], "opened")
    same("a link that was tampered with", world.ask("GET", f"{link[:-4]}AAAA").status, 404)
    saw(f"302 to {answer.headers['location']}; clicks 1, evidence {one['evidence']}; 404 where it was tampered with")


def unsubscribed(world: World) -> None:
    """The mail program's own unsubscribe button (RFC 8058)."""
    step("Unsubscribing by the header of the message.")
    mail = world.ses.to(SECOND_TO)
    address = next(part.strip(" <>") for part in mail.mime["List-Unsubscribe"].split(",") if "http" in part)
    same("looking", world.ask("GET", address).status, 200)
    form = {"content-type": "application/x-www-form-urlencoded"}
    same("the button", world.ask("POST", address, form, b"List-Unsubscribe=One-Click").status, 200)

    def look() -> None:
        known = [status["status"] for status in world.recipients("1042")[SECOND_TO]["statuses"]]
        expect("unsubscribed" in known, "no unsubscribed", known)

    until("the unsubscribe", look)
    saw("200 for GET and POST; the history has it")


def reported(world: World) -> None:
    """Everything that reads says the same."""
    step("Report, CSV, summary, work queue and suppressions.")
    wanted = {TO: "opened", SECOND_TO: "opened", CC: "rejected", BCC: "marked_spam"}
    rows = world.get("/v1/reports/invoice-emails?invoice=1042")["rows"]
    same("the report", {row["address"]: row["sent_status"] for row in rows}, wanted)
    answer = world.portal("GET", "/v1/reports/invoice-emails?invoice=1042", accept="text/csv")
    same("the CSV's type", answer.headers["content-type"].split(";")[0], "text/csv")
    table = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    same("the CSV", {row["address"]: row["sent_status"] for row in table}, wanted)
    expect(all(row["client_name"] != "=Acme" for row in table), "a formula is left in the CSV", table[0])
    saw(f"report and CSV: {', '.join(sorted(wanted.values()))}; a formula in a name is defused")
    page = world.get("/v1/reports/invoice-emails?status=rejected,marked_spam")
    same("the filtered report", {row["address"] for row in page["rows"]}, {CC, BCC})
    saw(f"summary: {until('the summary', lambda: _summary(world))}")
    saw(f"work queue: {until('the work queue', lambda: _attention(world))}")
    held = {row["address"]: row["reason"] for row in world.get("/v1/suppressions")["rows"]}
    same("suppressions", held, {CC: "bounced", BCC: "complained", SECOND_TO: "unsubscribed"})
    saw(f"suppressions: {held}")
    same("removing one", world.portal("DELETE", f"/v1/suppressions/{CC.replace('@', '%40')}").status, 204)
    same("removing it again", world.portal("DELETE", f"/v1/suppressions/{CC.replace('@', '%40')}").status, 404)
    saw("DELETE of one: 204, again: 404")


def _summary(world: World) -> dict[str, int]:
    """The counts; the later invoice's one recipient may be on the way still."""
    total = world.get("/v1/reports/invoice-emails/summary")["total"]
    counts = {name: total[name] for name in ("recipients", "opened", "rejected", "marked_spam", "sent", "queued")}
    same("the summary", counts,
         {"recipients": 5, "opened": 2, "rejected": 1, "marked_spam": 1, "sent": 1, "queued": 0})
    return counts


def _attention(world: World) -> dict[str, str]:
    attention = {row["address"]: row["next_action"] for row in world.get("/v1/attention")["rows"]}
    same("the work queue", set(attention), {CC, BCC})
    return attention


def other_methods(world: World) -> None:
    """Methods that a path does not have need no token, since a browser's preflight has none: they must tell nothing."""
    step("Methods that a path does not have, without a token, now that there is something to tell.")
    for path, allowed in METHODS.items():
        detail = f"This path answers {allowed} only."
        problem = {"type": "about:blank", "title": "Method not allowed", "status": 405, "detail": detail}
        for method in sorted({"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"} - set(allowed.split(", "))):
            what, answer = f"{method} {path}", world.ask(method, path)
            same(what, (answer.status, answer.headers.get("allow")), (405, allowed))
            same(f"what {what} tells", json.loads(answer.body or b"{}"), {} if method == "HEAD" else problem)
        preflight = world.ask("OPTIONS", path, {"origin": PORTAL_ORIGIN, "access-control-request-method": "GET"})
        same(f"OPTIONS {path}", (preflight.status, preflight.body), (204, b""))
    saw(f"{len(METHODS)} paths: 405 with Allow and nothing of the firm; 204 for OPTIONS")


def after_the_update(world: World, domain: str) -> None:
    """With a domain of its own, new mails have links there, and old ones still work."""
    step(f"An e-mail after the update, to somebody new and to somebody who complained: links below https://{domain}.")
    before = len(world.ses.mails)
    world.portal("POST", "/v1/invoices/1045/emails", {"to": [NEW, TO], "subject": "Invoice 1045"}).json(202)
    mail, old = until("the message", lambda: world.ses.about("Invoice 1045")), world.ses.about(LATER_SUBJECT)
    expect(mail.link("o").startswith(f"https://{domain}/o/"), "the pixel is elsewhere", mail.link("o"))
    for which, link in (("new", mail.link("o")), ("old", old.link("o"))):
        answer = world.ask("GET", link)
        same(f"the {which} pixel", (answer.status, answer.headers["content-type"]), (200, "image/gif"))
    for invoice, address in (("1045", NEW), ("1043", TO)):
        until(f"{invoice}'s open", lambda: same("opens", world.recipients(invoice)[address]["opens"], 1))
    saw(f"{mail.link('o')[:60]}...: 200 image/gif; so is the old one; both count")
    held = world.recipients("1045")[TO]
    same("who complained", ([one["status"] for one in held["statuses"]], held["next_action"]),
         (["dropped"], "do_not_email"))
    same("messages after the update", [one.recipient for one in world.ses.mails[before:]], [NEW])
    saw(f"who complained got none: {held['reason']}")


def told(world: World) -> None:
    """What the portal tells of another firm, the automatic e-mail that follows, and what its client sees."""
    step("Settings, a client, an invoice and a payment of firm lee; then the invoice is final.")
    before = len(world.ses.mails)

    def put(path: str, body: Any) -> Answer:
        answer = world.portal("PUT", path, body, firm="lee")
        answer.json(200)
        return answer

    tag = put("/v1/settings", SETTINGS).headers["etag"]
    stale = world.portal("PUT", "/v1/settings", {}, firm="lee", if_match='"another"')
    same("a change of what nobody has seen", stale.status, 412)
    same("the settings' tag", world.portal("GET", "/v1/settings", firm="lee").headers["etag"], tag)
    steps = {"invited_at": "2026-01-01T00:00:00Z", "accepted_at": "2026-01-02T00:00:00Z"}
    people = [{"address": TO, **steps, "login_created_at": "2026-01-02T00:00:00Z"}, {"address": CC, **steps}]
    put("/v1/clients/acme", {"name": "Acme", "email": f"{TO}; {CC}", "contacts": people})
    facts = {"number": "77", "client": "acme", "currency": "JPY", "amount": "5000", "url": "https://docs.example.com/77"}
    put("/v1/invoices/77", facts)
    for status in (201, 200):
        payment = {"id": "p1", "amount": "1500", "paid_on": "2026-11-20"}
        paid = world.portal("POST", "/v1/invoices/77/payments", payment, firm="lee").json(status)
        same("what is left", paid["balance"], "3500")
    answers = [world.portal("POST", "/v1/invoices/77/finalize", {}, firm="lee").json(202) for _ in range(2)]
    same("the second answer", answers[1], answers[0])
    same("who got it", [one["address"] for one in answers[0]["recipients"]], [TO])
    same("who was skipped", [(one["address"], one["reason"]) for one in answers[0]["skipped"]], [(CC, "no_login")])
    mail = until("the message", lambda: world.ses.about("Invoice 77 from Lee & Sons"))
    same("messages", len(world.ses.mails), before + 1)
    saw("412 for a stale If-Match; a payment counts once; finalized twice, one message")

    step("The client's page and account.")
    page = world.ask("GET", mail.link("p"))
    same("the page", (page.status, page.headers["cache-control"]), (200, "no-store"))
    expect(b"JPY 3,500" in page.body, "what is left is not shown", page.body)
    form = {"content-type": "application/x-www-form-urlencoded"}
    opened_page = world.ask("POST", mail.link("p"), form, b"action=open")
    same("the document", (opened_page.status, opened_page.headers["location"]), (303, facts["url"]))
    sends = world.get("/v1/invoices/77/emails", firm="lee")["sends"]
    same("the evidence", sends[0]["recipients"][0]["evidence"], "portal_confirmed")
    token = world.issuer.token("lee", **{"custom:client": "acme"})
    account = world.ask("GET", "/v1/portal/account", {"authorization": f"Bearer {token}"}).json(200)
    same("what is outstanding", account["outstanding"], [{"currency": "JPY", "amount": "3500"}])
    same("staff at the account", world.portal("GET", "/v1/portal/account", firm="lee").status, 403)
    saw("200 with what is left; 303 to the document, portal_confirmed; the account for its client only")
