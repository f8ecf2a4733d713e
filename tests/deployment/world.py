"""What the journey's people have: the API as its callers reach it, the queues and functions as an operator does."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bridge import api_host
from emulator import Emulator
from expect import Failed, expect
from issuer import Issuer
from ses import Ses
from stack import Stack

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self, wanted: int) -> Any:
        """The body, which has to come with a status."""
        expect(self.status == wanted, f"wanted {wanted}, saw {self.status}", self.body.decode(errors="replace"))
        return json.loads(self.body)


@dataclass
class World:
    """The deployed application and its surroundings."""

    emulator: Emulator
    stack: Stack
    issuer: Issuer
    ses: Ses

    def ask(self, method: str, url: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
        """A request to a path of the API, or to an address as it stands in an e-mail."""
        parts = urlsplit(url)
        host = parts.netloc
        if not host or ".execute-api." in host:
            host = api_host(self.emulator, self.stack.physical("Api"))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, target, body, {"host": host, "user-agent": BROWSER} | (headers or {}))
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    def portal(self, method: str, path: str, body: Any = None, firm: str = "roe", **headers: str) -> Answer:
        """A request of the portal's back end for a firm; names of headers with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["authorization"] = f"Bearer {self.issuer.token(firm)}"
        if body is None:
            return self.ask(method, path, named)
        return self.ask(method, path, named | {"content-type": "application/json"}, json.dumps(body).encode())

    def get(self, path: str, firm: str = "roe") -> Any:
        """What the portal reads."""
        return self.portal("GET", path, firm=firm).json(200)

    def recipients(self, invoice: str) -> dict[str, dict[str, Any]]:
        """The recipients of an invoice's latest send, by their address."""
        sends = self.get(f"/v1/invoices/{invoice}/emails")["sends"]
        expect(bool(sends), f"invoice {invoice} was not e-mailed")
        return {one["address"]: one for one in sends[0]["recipients"]}

    def invoke(self, function: str, event: Any) -> Any:
        """Invokes a function and waits for its answer."""
        answer = self.emulator.client("lambda").invoke(
            FunctionName=self.stack.physical(function), Payload=json.dumps(event).encode()
        )
        text = answer["Payload"].read().decode()
        expect("FunctionError" not in answer, f"{function} failed", text)
        return json.loads(text)

    def letters(self, queue: str) -> list[str]:
        """The bodies in a queue, left as they are."""
        answer = self.emulator.client("sqs").receive_message(
            QueueUrl=self.stack.physical(queue), MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [message["Body"] for message in answer.get("Messages", [])]

    def waiting(self, queue: str) -> int:
        """How many messages a queue has, in somebody's hands or not. Receiving them would count as a try."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        url = self.stack.physical(queue)
        answer = self.emulator.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def log_groups(self) -> list[str]:
        """The functions' logs by their logical ids."""
        return [name for name in self.stack.resources if name.endswith("Log") and name != "ApiLog"]

    def log(self, group: str) -> list[str]:
        """All lines of a function's log."""
        lines: list[str] = []
        pages = self.emulator.client("logs").get_paginator("filter_log_events")
        for page in pages.paginate(logGroupName=self.stack.physical(group)):
            lines += [event["message"].rstrip() for event in page["events"]]
        return lines

    def logged(self, group: str, text: str) -> str:
        """A line of a function's log that has a text in it."""
        lines = self.log(group)
        for line in lines:
            if text in line:
                return line
        raise Failed(f"no line of {group} has {text!r}; its end:\n" + "\n".join(lines[-10:]))

    def last_lines(self, count: int = 8) -> list[str]:
        """The end of each function's log, without the lines that Lambda writes of every invocation."""
        found = []
        for group in self.log_groups():
            own = [line for line in self.log(group) if not line.startswith(("START ", "END ", "REPORT "))]
            found += [f"{group}: {line}" for line in own[-count:]]
        return found
