"""What Schemathesis cannot make up: an e-mail that was sent, its id, and the tokens of its links.

Every other valid request that names a send or a token gets the true one, so that both what is there and what is not there
is asked for. Invalid requests are left as they are."""

import itertools
import json
import os
import re
import time
import urllib.request

import schemathesis

API = os.environ["API"]
PATIENCE_SECONDS = 30
# The links of a mail, which its raw text may have folded.
LINK = re.compile(r"/([ocup])/([A-Za-z0-9_-]{20,})")


def call(method, path, body=None):
    request = urllib.request.Request(API + path, method=method, headers={"authorization": "Bearer local:roe"})
    if body is not None:
        request.add_header("content-type", "application/json")
        request.data = json.dumps(body).encode()
    return json.load(urllib.request.urlopen(request, timeout=PATIENCE_SECONDS))


def prepare():
    """Sends an e-mail to one person, and gives the id of the send and the token of each kind of link."""
    accepted = call(
        "POST",
        "/v1/invoices/contract/emails",
        {"to": "accepted@local.test", "subject": "Contract", "html": '<p><a href="https://example.com/">Read</a></p>'},
    )
    linked = call("POST", "/v1/invoices/contract/emails", {"to": "linked@local.test", "subject": "Contract"})
    tokens = {}
    until = time.monotonic() + PATIENCE_SECONDS
    while set(tokens) != set("ocup"):
        if time.monotonic() > until:
            raise SystemExit(f"the mails have links of the kinds {sorted(tokens)} only, or were not sent")
        for message in call("GET", "/_local/mailbox")["messages"]:
            text = message["raw"].replace("=\r\n", "").replace("=\n", "")
            tokens.update(LINK.findall(text))
    return {"contract": accepted["send"], "again": linked["send"]}, tokens


SENDS, TOKENS = prepare()
TURNS = itertools.cycle([True, False])


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is not None and case.meta.generation.mode != schemathesis.GenerationMode.POSITIVE:
        return
    parameters = case.path_parameters or {}
    if "send" in parameters and next(TURNS):
        parameters.update(invoice="contract", send=SENDS["contract"])
    if "token" in parameters and next(TURNS):
        kind = case.operation.path[1]
        parameters["token"] = TOKENS[kind] + (".gif" if kind == "o" else "")
