"""What ministack 1.5.33 lacks of AWS and the journey needs: each gap is one function or class here, and nowhere else.

infra/README.md lists the gaps. All that is not named here is ministack's own doing: CloudFormation with the SAM
transform, the functions as processes, IAM, the JWT authorizer, the table and its stream, queues, topics, EventBridge.
"""

import base64
import datetime
import email
import email.policy
import http.client
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
from stack import Stack


def without_metric_math(template: dict[str, Any]) -> list[str]:
    """Gap: an alarm on a formula (`Metrics`) is refused. It is deployed as an alarm on the formula's first metric.

    Changes the template; answers the alarms' names. The formulas themselves are held by the static checks.
    """
    changed = []
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] != "AWS::CloudWatch::Alarm" or "Metrics" not in properties:
            continue
        first = next(one["MetricStat"] for one in properties.pop("Metrics") if "MetricStat" in one)
        properties |= first["Metric"] | {"Period": first["Period"], "Statistic": "Sum"}
        changed.append(name)
    return changed


def tell_the_transform(template: dict[str, Any], values: dict[str, str]) -> None:
    """Gap: the SAM transform is not told the parameters' values and puts their defaults into what it makes.

    So the values become the defaults. Changes the template, after `sam deploy` has asked for the values.
    """
    for name, value in values.items():
        template["Parameters"][name]["Default"] = value


def api_host(emulator: Emulator, api: str) -> str:
    """Gap: an API answers below `localhost`, not below amazonaws.com; so a link's host has to be translated."""
    return f"{api}.execute-api.localhost:{emulator.port}"


def create_routes(emulator: Emulator, stack: Stack) -> list[str]:
    """Gap: the `Body` of an HTTP API is ignored, and with it all routes, integrations, the authorizer and CORS.

    They are made by the ordinary API from the body that SAM generated, with the stack's own values. Answers the routes.
    """
    gateway, api = emulator.client("apigatewayv2"), stack.physical("Api")
    body = stack.resolve(stack.template["Resources"]["Api"]["Properties"]["Body"])
    authorizers = {}
    for name, scheme in body["components"]["securitySchemes"].items():
        described = scheme["x-amazon-apigateway-authorizer"]
        made = gateway.create_authorizer(
            ApiId=api,
            Name=name,
            AuthorizerType="JWT",
            IdentitySource=[described["identitySource"]],
            JwtConfiguration={
                "Issuer": described["jwtConfiguration"]["issuer"],
                "Audience": described["jwtConfiguration"]["audience"],
            },
        )
        authorizers[name] = made["AuthorizerId"]
    cors = body.get("x-amazon-apigateway-cors")
    if cors:
        gateway.update_api(ApiId=api, CorsConfiguration={name[0].upper() + name[1:]: cors[name] for name in cors})
    routes = []
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            routes.append(_create_route(gateway, api, authorizers, path, method, operation))
    return routes


def _create_route(
    gateway: Any, api: str, authorizers: dict[str, str], path: str, method: str, operation: dict[str, Any]
) -> str:
    integration = operation["x-amazon-apigateway-integration"]
    made = gateway.create_integration(
        ApiId=api,
        IntegrationType=integration["type"].upper(),
        IntegrationUri=integration["uri"],
        PayloadFormatVersion=integration["payloadFormatVersion"],
    )
    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    key = path if path == "$default" else f"{verb} {path}"
    authorization: dict[str, Any] = {"AuthorizationType": "NONE"}
    for name, scopes in ((name, scopes) for one in operation.get("security", []) for name, scopes in one.items()):
        if name in authorizers:
            authorization = {
                "AuthorizationType": "JWT", "AuthorizerId": authorizers[name], "AuthorizationScopes": scopes,
            }
    gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{made['IntegrationId']}", **authorization)
    return key


def give_mappings_numbers(emulator: Emulator, stack: Stack) -> list[str]:
    """Gap: a number that comes from a parameter reaches a mapping as text, and ministack's poller stumbles over it."""
    client, changed = emulator.client("lambda"), []
    for name, resource in stack.template["Resources"].items():
        scaling = resource.get("Properties", {}).get("ScalingConfig")
        if resource["Type"] == "AWS::Lambda::EventSourceMapping" and scaling:
            concurrency = int(stack.resolve(scaling)["MaximumConcurrency"])
            client.update_event_source_mapping(
                UUID=stack.physical(name), ScalingConfig={"MaximumConcurrency": concurrency}
            )
            changed.append(f"{name} {concurrency}")
    return changed


def invoke_as_eventbridge_does(emulator: Emulator, function: str, source: str, detail_type: str, detail: Any) -> None:
    """Gap: EventBridge starts a function itself, once, past Lambda's retries and destinations for what fails.

    Here the event goes to Lambda as an asynchronous invocation, which is how EventBridge delivers it on AWS.
    """
    event = {
        "version": "0", "id": str(uuid.uuid4()), "source": source, "detail-type": detail_type, "account": ACCOUNT,
        "time": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}", "region": REGION,
        "resources": [], "detail": detail,
    }
    payload = json.dumps(event).encode()
    emulator.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=payload)


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


class MoveTasks(Server):
    """Gap: SQS has no StartMessageMoveTask and no ListMessageMoveTasks, which redriving needs.

    A relay in front of SQS moves the messages itself, and hands every other request on as it is, with its signature.
    A context manager; whoever is to use it has `url` as AWS_ENDPOINT_URL_SQS.
    """

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self._emulator = emulator
        self._moved: dict[str, int] = {}

    def answer(self, request: Request) -> Reply:
        """Moves, tells of moves, or asks the stand-in."""
        match request.headers.get("x-amz-target", ""):
            case "AmazonSQS.StartMessageMoveTask":
                task = json.loads(request.body)
                self._moved[task["SourceArn"]] = self._move(task["SourceArn"], task["DestinationArn"])
                return reply(200, {"TaskHandle": "moved"})
            case "AmazonSQS.ListMessageMoveTasks":
                source = json.loads(request.body)["SourceArn"]
                done = {"SourceArn": source, "Status": "COMPLETED",
                        "ApproximateNumberOfMessagesMoved": self._moved.get(source, 0)}
                return reply(200, {"Results": [done] if source in self._moved else []})
        connection = http.client.HTTPConnection("127.0.0.1", self._emulator.port)
        connection.request(request.method, request.path, request.body, request.headers)
        answer = connection.getresponse()
        return Reply(answer.status, dict(answer.getheaders()), answer.read())

    def _move(self, source: str, destination: str) -> int:
        sqs, moved = self._emulator.client("sqs"), 0
        urls = [sqs.get_queue_url(QueueName=arn.rsplit(":")[-1])["QueueUrl"] for arn in (source, destination)]
        while messages := sqs.receive_message(QueueUrl=urls[0], MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.send_message(QueueUrl=urls[1], MessageBody=message["Body"])
                sqs.delete_message(QueueUrl=urls[0], ReceiptHandle=message["ReceiptHandle"])
                moved += 1
        return moved


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
            self._publish(self._events.get())

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
