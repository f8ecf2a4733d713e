"""What ministack 1.5.33 lacks of SES v2: the class `Ses` is that gap; what it sends and publishes is beside it."""

import base64
import datetime
import email
import email.policy
import json
import queue
import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from botocore.exceptions import ClientError

from emulator import ACCOUNT, REGION, Emulator
from expect import Failed
from loopback import Reply, Request, Server, reply


@dataclass
class Mail:
    """One message as `send` gave it to SES."""

    destination: list[str]
    tags: dict[str, str]
    configuration_set: str
    raw: bytes
    message_id: str = ""
    published: list[str] = field(default_factory=list)

    @property
    def recipient(self) -> str:
        """The one address that it goes to, without a name."""
        (destination,) = self.destination
        return destination.split("<")[-1].rstrip(">")

    @property
    def mime(self) -> EmailMessage:
        """The message, parsed."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def sender(self) -> str:
        """The address that it comes from, without a name."""
        return str(self.mime["From"].addresses[0].addr_spec)

    @property
    def html(self) -> str:
        """The HTML part."""
        part = self.mime.get_body(("html",))
        return part.get_content() if part else ""

    def link(self, purpose: str) -> str:
        """The first of our own addresses of a purpose (`/o/`, `/c/`, `/u/`) in the HTML part."""
        found = re.search(rf'"(https://[^"/]+/{purpose}/[^"]+)"', self.html)
        return found.group(1).replace("&amp;", "&") if found else ""


class Ses(Server):
    """Gaps: SES v2 keeps of a raw message neither its text nor its tags nor its configuration set, publishes no events,
    and asks IAM for the right to `*` where AWS asks for the right to the identity and the configuration set.

    So `send` reaches SES through this relay. It asks IAM as AWS does, sends by ministack's own SES (which refuses what
    does not come from a verified identity), keeps what it saw, and publishes what becomes of the mail, in the shapes
    and to the destination of the configuration set. Addresses behave as those of Amazon's mailbox simulator.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Mail] = []
        self.refused: list[str] = []
        self._events: queue.SimpleQueue[Mail] = queue.SimpleQueue()
        self._emulator: Emulator | None = None
        self._role = ""

    def serve(self, emulator: Emulator, role: str) -> None:
        """From now on sends by this stand-in, with the rights of a role."""
        self._emulator, self._role = emulator, role
        threading.Thread(target=self._publish_all, daemon=True).start()

    def to(self, address: str) -> Mail:
        """The first message to an address."""
        return self._first(lambda mail: mail.recipient == address, f"to {address}")

    def about(self, subject: str) -> Mail:
        """The first message with a subject."""
        return self._first(lambda mail: mail.mime["Subject"] == subject, f"about {subject!r}")

    def _first(self, wanted: Callable[[Mail], bool], what: str) -> Mail:
        for mail in self.mails:
            if wanted(mail):
                return mail
        raise Failed(f"no message {what} (refused: {self.refused or 'none'})")

    def answer(self, request: Request) -> Reply:
        """SendEmail, and nothing else."""
        if request.path != "/v2/email/outbound-emails" or self._emulator is None:
            return reply(404, {"message": f"{request.path} is not relayed"})
        emulator, call = self._emulator, json.loads(request.body)
        mail = Mail(
            destination=[one for kind in sorted(call["Destination"]) for one in call["Destination"][kind]],
            tags={tag["Name"]: tag["Value"] for tag in call.get("EmailTags", [])},
            configuration_set=call.get("ConfigurationSetName", ""),
            raw=base64.b64decode(call["Content"]["Raw"]["Data"]),
        )
        denied = self._denied(emulator, mail)
        if denied:
            self.refused.append(denied)
            return reply(403, {"message": denied}, x_amzn_errortype="AccessDeniedException")
        try:
            answer = emulator.client("sesv2").send_email(**call | {"Content": {"Raw": {"Data": mail.raw}}})
        except ClientError as error:
            self.refused.append(str(error))
            return reply(400, {"message": str(error)}, x_amzn_errortype=error.response["Error"]["Code"])
        mail.message_id = answer["MessageId"]
        self.mails.append(mail)
        self._events.put(mail)
        return reply(200, {"MessageId": mail.message_id})

    def _denied(self, emulator: Emulator, mail: Mail) -> str:
        """What IAM denies, in words; empty if nothing."""
        listed = emulator.client("sesv2").list_email_identities()["EmailIdentities"]
        verified = {one["IdentityName"] for one in listed}
        identity = mail.sender if mail.sender in verified else mail.sender.rsplit("@")[-1]
        resources = [f"identity/{identity}"]
        if mail.configuration_set:
            resources.append(f"configuration-set/{mail.configuration_set}")
        for resource in (f"arn:aws:ses:{REGION}:{ACCOUNT}:{name}" for name in resources):
            for action in ("ses:SendEmail", "ses:SendRawEmail"):
                asked = emulator.client("iam").simulate_principal_policy(
                    PolicySourceArn=self._role, ActionNames=[action], ResourceArns=[resource]
                )
                if asked["EvaluationResults"][0]["EvalDecision"] != "allowed":
                    return f"{self._role} is not authorized to perform: {action} on resource: {resource}"
        return ""

    def _publish_all(self) -> None:
        while True:
            mail = self._events.get()
            try:
                self._publish(mail)
            except Exception as error:  # the next message's events have to come all the same
                self.refused.append(f"the events of the message to {mail.recipient}: {error!r}")

    def _publish(self, mail: Mail) -> None:
        """To the SNS destinations of the message's configuration set, what they ask for."""
        assert self._emulator
        sns = self._emulator.client("sns")
        answer = self._emulator.client("sesv2").get_configuration_set_event_destinations(
            ConfigurationSetName=mail.configuration_set
        )
        for event in events_of(mail):
            wanted = event["eventType"].upper().replace(" ", "_")
            for destination in answer["EventDestinations"]:
                if destination["Enabled"] and wanted in destination["MatchingEventTypes"]:
                    sns.publish(
                        TopicArn=destination["SnsDestination"]["TopicArn"],
                        Subject="Amazon SES Email Event Notification",
                        Message=json.dumps(event),
                    )
                    mail.published.append(event["eventType"])


def events_of(mail: Mail) -> list[dict[str, Any]]:
    """What SES publishes about a message to the mailbox simulator, in order.

    https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
    """
    address = mail.recipient
    name = address.split("@")[0].split("+")[0].lower() if address.endswith("@simulator.amazonses.com") else ""
    now = datetime.datetime.now(datetime.timezone.utc)

    def at(seconds: int) -> str:
        moment = now + datetime.timedelta(seconds=seconds)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def event(kind: str, detail: dict[str, Any]) -> dict[str, Any]:
        return {"eventType": kind, "mail": _mail_object(mail, address, at(0)), kind.lower(): detail}

    events = [event("Send", {})]
    delivery = {
        "timestamp": at(1), "processingTimeMillis": 1000, "recipients": [address], "smtpResponse": "250 2.6.0 accepted",
        "remoteMtaIp": "192.0.2.1", "reportingMTA": "a7-11.smtp-out.eu-central-1.amazonses.com",
    }
    if name == "bounce":
        failed = {"emailAddress": address, "action": "failed", "status": "5.1.1",
                  "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
        events.append(event("Bounce", {
            "feedbackId": str(uuid.uuid4()), "bounceType": "Permanent", "bounceSubType": "General",
            "bouncedRecipients": [failed], "timestamp": at(1),
            "reportingMTA": "dns; a7-11.smtp-out.eu-central-1.amazonses.com",
        }))
        return events
    events.append(event("Delivery", delivery))
    if name == "complaint":
        events.append(event("Complaint", {
            "feedbackId": str(uuid.uuid4()), "complaintSubType": None,
            "complainedRecipients": [{"emailAddress": address}], "timestamp": at(2),
            "userAgent": "Amazon SES Mailbox Simulator", "complaintFeedbackType": "abuse", "arrivalDate": at(2),
        }))
    return events


def _mail_object(mail: Mail, address: str, timestamp: str) -> dict[str, Any]:
    headers = [{"name": name, "value": str(value)} for name, value in mail.mime.items()]
    common = {name.lower(): [str(mail.mime[name])] for name in ("From", "To", "Cc") if mail.mime[name]}
    automatic = {
        "ses:configuration-set": mail.configuration_set, "ses:source-ip": "192.0.2.10",
        "ses:from-domain": mail.sender.rsplit("@")[-1], "ses:caller-identity": "send",
    }
    return {
        "timestamp": timestamp,
        "source": str(mail.mime["From"]),
        "sendingAccountId": ACCOUNT,
        "messageId": mail.message_id,
        "destination": [address],
        "headersTruncated": False,
        "headers": headers,
        "commonHeaders": common | {"messageId": mail.message_id, "subject": str(mail.mime["Subject"])},
        "tags": {name: [value] for name, value in (automatic | mail.tags).items()},
    }
