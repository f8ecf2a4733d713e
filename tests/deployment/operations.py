"""What an operator meets: a message that nobody understands, the portal's events, redriving, the schedule, a right that
is missing, the logs. After the journey, on what it left."""

import dataclasses
import json
import subprocess
import sys

from bridge import MoveTasks, invoke_as_eventbridge_does
from emulator import ACCOUNT, REGION
from expect import expect, same, saw, step, until
from journey import BCC, CC, LATER_SUBJECT, SECOND_TO, TO, counted
from ses import Mail, events_of
from stack import NAME, ROOT
from world import World

PORTAL_SOURCE, FINALIZED = "billing.portal", "Invoice Finalized"
STREAM_ACTIONS = ["DescribeStream", "GetRecords", "GetShardIterator"]
REDRIVE_SECONDS = 120
NOT_AN_EVENT = "this is not an event"
# Of the metrics, those that the journey cannot have left uncounted.
METRICS = {"Submitted", "Accepted", "Recorded", "Opens", "Clicks", "Unsubscribes", "Counted", "Announced"}


def run(world: World) -> None:
    """All steps."""
    poisoned(world)
    finalized(world)
    redriven(world)
    watched(world)
    without_a_right(world)
    held_to_their_rights(world)
    quiet_logs(world)


def poisoned(world: World) -> None:
    """A message that nobody understands is put aside when its tries are used up, and takes no other message with it.

    The template's queue is more patient than a test: here each message has two tries, a second apart.
    """
    step("A poison message and a good one in one batch (here with two tries, a second apart).")
    sqs, queue = world.emulator.client("sqs"), world.stack.physical("EventQueue")
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    hasty = json.loads(before["RedrivePolicy"]) | {"maxReceiveCount": 2}
    mapping, client = world.stack.physical("RecordFromQueue"), world.emulator.client("lambda")
    client.update_event_source_mapping(UUID=mapping, Enabled=False)  # so that both are in one batch
    try:
        _publish(world, NOT_AN_EVENT, json.dumps(_complaint(world.ses.about(LATER_SUBJECT))))
        until("both in the queue", lambda: same("messages in EventQueue", world.waiting("EventQueue"), 2))
        attributes = {"VisibilityTimeout": "1", "RedrivePolicy": json.dumps(hasty)}
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=attributes)
        client.update_event_source_mapping(UUID=mapping, Enabled=True)
        until("the good one", lambda: same("1043", world.recipients("1043")[TO]["sent_status"], "marked_spam"))
        (letter,) = until("the dead letter", lambda: _letters(world, "EventDeadLetters", 1))
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)
        client.update_event_source_mapping(UUID=mapping, Enabled=True)
    same("the dead letter", json.loads(letter)["Message"], NOT_AN_EVENT)
    same("what is left in the queue", world.waiting("EventQueue"), 0)
    until("both in one batch", lambda: world.logged("RecordLog", "recorded 1 of 2 messages"))
    same("tries of the poison", _lines(world, "RecordLog", "a message cannot be read"), 2)
    saw("the good one is recorded; the poison, tried twice, lies alone in EventDeadLetters")


def _publish(world: World, *messages: str) -> None:
    """To the topic, in one request."""
    entries = [{"Id": str(number), "Message": message} for number, message in enumerate(messages)]
    topic = world.stack.outputs["EventTopicArn"]
    answer = world.emulator.client("sns").publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    same("messages that the topic refused", answer.get("Failed", []), [])


def _complaint(mail: Mail) -> dict[str, object]:
    """The event of SES about a message, had it gone to somebody who complains."""
    complaining = dataclasses.replace(mail, destination=["complaint@simulator.amazonses.com"])
    return next(one for one in events_of(complaining) if one["eventType"] == "Complaint")


def _letters(world: World, queue: str, count: int) -> list[str]:
    """The bodies in a dead-letter queue, where being received counts for nothing."""
    letters = world.letters(queue)
    expect(len(letters) == count, f"{len(letters)} letters in {queue}, not {count}", letters)
    return letters


def _lines(world: World, group: str, text: str) -> int:
    """How many lines of a log have a text in them."""
    return sum(text in line for line in world.log(group))


def _tries(world: World) -> int:
    """How often `submit` was given the malformed event."""
    return _lines(world, "SubmitLog", "detail.invoice is malformed")


def finalized(world: World) -> None:
    """The portal's event reaches `submit`; what cannot be one is kept."""
    step("EventBridge: `Invoice Finalized` of billing.portal, a good one, one of another source, a malformed one.")
    names = ("finalized-good", "finalized-foreign", "")
    good, foreign, bad = ({"firm": "roe", "invoice": invoice} for invoice in names)
    entries = [
        {"Source": source, "DetailType": FINALIZED, "Detail": json.dumps(detail)}
        for source, detail in (("somebody.else", foreign), (PORTAL_SOURCE, good))
    ]
    same("entries refused", world.emulator.client("events").put_events(Entries=entries)["FailedEntryCount"], 0)
    # The stand-in sets no log format, so the lines are text.
    saw(f"submit: {until('the good one', lambda: world.logged('SubmitLog', 'invoice.id=finalized-good'))}")
    invoke_as_eventbridge_does(world.emulator, world.stack.physical("SubmitFunction"), PORTAL_SOURCE, FINALIZED, bad)
    (letter,) = until("the dead letter", lambda: _letters(world, "SubmitDeadLetters", 1))
    same("the dead letter", json.loads(letter)["requestPayload"]["detail"], bad)
    same("tries of the malformed one", _tries(world), 3)
    same("lines about the other source's event", _lines(world, "SubmitLog", "finalized-foreign"), 0)
    saw("the malformed one was tried three times and lies in SubmitDeadLetters; the other source's reached nobody")


def redriven(world: World) -> None:
    """The runbook's redrive: of an event that could not be recorded before, of one that fails again, of nonsense."""
    step("`python3 infra/redrive.py` gives what is in EventDeadLetters and SubmitDeadLetters another try.")
    sqs, dead = world.emulator.client("sqs"), world.stack.physical("EventDeadLetters")
    sqs.purge_queue(QueueUrl=dead)
    late = events_of(world.ses.to(TO))[-1] | {"eventType": "DeliveryDelay"}
    late["deliveryDelay"] = {"timestamp": late.pop("delivery")["timestamp"], "delayType": "MailboxFull",
                             "delayedRecipients": [{"emailAddress": TO, "status": "4.2.2"}]}
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps({"Type": "Notification", "Message": json.dumps(late)}))
    redrive(world, 0, "1 moved to EventQueue", "1 handed to submit again")

    def look() -> None:
        known = [status["status"] for status in world.recipients("1042")[TO]["statuses"]]
        expect("deferred" in known, "no deferred", known)

    until("the redriven event", look)
    same("what is left in EventDeadLetters", world.waiting("EventDeadLetters"), 0)
    saw("the event is in the history; EventDeadLetters is empty")
    until("the malformed event again", lambda: _letters(world, "SubmitDeadLetters", 1))
    same("tries of the malformed event", _tries(world), 6)
    saw("the malformed event was tried three times again and is back in SubmitDeadLetters")
    nonsense = sqs.send_message(QueueUrl=world.stack.physical("SubmitDeadLetters"), MessageBody=NOT_AN_EVENT)
    redrive(world, 1, f"{nonsense['MessageId']} is left", "1 handed to submit again")
    until("nine tries", lambda: same("tries of the malformed event", _tries(world), 9))
    saw("with a letter that is no event beside it, it was tried once more, and the exit code is 1")


def redrive(world: World, code: int, *sentences: str) -> None:
    """Runs it as the runbook says; it has to end with a code and to have said all sentences."""
    with MoveTasks(world.emulator) as tasks:
        ended = subprocess.run(
            [sys.executable, str(ROOT / "infra" / "redrive.py"), NAME, "--run"],
            env=world.emulator.environment() | {"AWS_ENDPOINT_URL_SQS": tasks.url},
            capture_output=True, text=True, timeout=REDRIVE_SECONDS, check=False,
        )
    said = ended.stdout + ended.stderr
    expect(ended.returncode == code, f"infra/redrive.py ended with {ended.returncode}, not {code}", said)
    for sentence in sentences:
        expect(sentence in ended.stdout, f"infra/redrive.py did not say {sentence!r}", said)
    for line in ended.stdout.splitlines():
        saw(f"| {line}")


def watched(world: World) -> None:
    """What the schedule starts every five minutes."""
    step("WatchFunction, once.")
    answer = world.invoke("WatchFunction", {})
    same("what it could not look at", answer["failed"], 0)
    saw(json.dumps(answer))


def without_a_right(world: World) -> None:
    """The stand-in does hold the functions to their roles: one right less, and its lack is seen."""
    step("A right is taken from TrackRole: the reader does not notice, the log does.")
    mail = world.ses.to(TO)
    iam, role = world.emulator.client("iam"), world.stack.physical("TrackRole")
    kept = iam.get_role_policy(RoleName=role, PolicyName="track")["PolicyDocument"]
    lesser = {"Version": kept["Version"], "Statement": [
        one for one in kept["Statement"] if "dynamodb:UpdateItem" not in one["Action"]]}
    expect(len(lesser["Statement"]) < len(kept["Statement"]), "TrackRole has no dynamodb:UpdateItem", kept)
    iam.put_role_policy(RoleName=role, PolicyName="track", PolicyDocument=json.dumps(lesser))
    try:
        same("the pixel", world.ask("GET", mail.link("o")).status, 200)
        line = until("the log", lambda: world.logged("TrackLog", "AccessDenied"))
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="track", PolicyDocument=json.dumps(kept))
    same("opens", counted(world, TO)["opens"], 1)
    saw(line[:300])
    same("the pixel with the right given back", world.ask("GET", mail.link("o")).status, 200)
    until("the open", lambda: counted(world, TO, opens=2))
    saw("with the right given back the next open counts")


def held_to_their_rights(world: World) -> None:
    """What AWS does in a function's name and the stand-in does without asking: IAM is asked about it here."""
    step("IAM's word on what Lambda does with the roles: polling, dead letters, logs, traces; and on what nobody may.")
    stack, queue = world.stack, world.stack.arn
    table = world.emulator.client("dynamodb").describe_table(TableName=stack.outputs["TableName"])["Table"]
    functions = ["Submit", "Send", "Track", "Record", "Report", "Settings", "Portal", "Follow", "Watch", "Web"]
    bus, readers = stack.outputs["EventBusArn"], ("Send", "Follow")
    polled = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    allowed = [(name, f"dynamodb:{one}", table["LatestStreamArn"]) for name in readers for one in STREAM_ACTIONS]
    allowed += [("Follow", "events:PutEvents", bus)]
    allowed += [("Record", one, queue("EventQueue")) for one in polled]
    allowed += [("Record", "kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{stack.physical('MessageKey')}")]
    allowed += [(name, "sqs:SendMessage", queue(f"{name}DeadLetters")) for name in (*readers, "Submit", "Watch")]
    for name in functions:
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{stack.physical(f'{name}Log')}:log-stream:2026/11/22/1"
        allowed += [(name, "logs:CreateLogStream", group), (name, "logs:PutLogEvents", group)]
        allowed += [(name, "xray:PutTraceSegments", "*")]
    identity = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/somebody.example"
    denied = [(name, f"dynamodb:{one}", table["TableArn"]) for name in functions for one in ("Scan", "DeleteItem")]
    denied += [(name, "dynamodb:UpdateItem", f"{table['TableArn']}-other") for name in functions]
    denied += [(name, "dynamodb:PutItem", table["TableArn"]) for name in functions if name not in ("Submit", "Settings", "Watch")]
    denied += [("Follow", "events:PutEvents", f"{bus}-other")]
    denied += [(name, "events:PutEvents", bus) for name in functions if name != "Follow"]
    denied += [("Send", "ses:SendEmail", identity), ("Record", "ses:SendEmail", identity)]
    denied += [("Record", "sqs:ReceiveMessage", queue("EventDeadLetters"))]
    denied += [("Web", f"dynamodb:{one}", table["TableArn"]) for one in ("GetItem", "Query", "UpdateItem")]
    for wanted, asked in (("allowed", allowed), ("implicitDeny", denied)):
        for name, action, resource in asked:
            answer = world.emulator.client("iam").simulate_principal_policy(
                PolicySourceArn=stack.arn(f"{name}Role"), ActionNames=[action], ResourceArns=[resource]
            )
            decision = answer["EvaluationResults"][0]["EvalDecision"]
            same(f"{name}Role, {action} on {resource}", decision, wanted)
    saw(f"{len(allowed)} allowed, {len(denied)} denied")


def quiet_logs(world: World) -> None:
    """No address, subject or token in any log; the metrics of what happened in them."""
    step("The functions' logs.")
    secrets = {one.split("+")[-1].split("@")[0] + "@" for one in (TO, SECOND_TO, CC, BCC)}
    secrets |= {TO, SECOND_TO, CC, BCC, "Ann Roe", "your invoice is ready", "Kestrel"}
    secrets |= {mail.link("o").rsplit("/")[-1].removesuffix(".gif") for mail in world.ses.mails}
    expect("" not in secrets, "a message has no pixel")
    expect("Kestrel" in LATER_SUBJECT, "the subject to look for is another", LATER_SUBJECT)
    lines = {group: world.log(group) for group in world.log_groups()}
    for group, all_lines in lines.items():
        expect(bool(all_lines), f"{group} is empty")
        for line in all_lines:
            found = [secret for secret in secrets if secret in line]
            expect(not found, f"{group} tells {found}", line)
    metrics = _metrics([line for all_lines in lines.values() for line in all_lines])
    expect(METRICS <= metrics.keys(), f"no {', '.join(METRICS - metrics.keys())} among the metrics", metrics)
    saw(f"{sum(map(len, lines.values()))} lines in {len(lines)} logs: no address, name, text or token")
    saw(f"metrics: {', '.join(f'{name} {count}' for name, count in sorted(metrics.items()))}")


def _metrics(lines: list[str]) -> dict[str, int]:
    """The sums of all metrics in embedded format."""
    sums: dict[str, int] = {}
    for counted_line in (json.loads(line) for line in lines if '"_aws"' in line):
        for metric in counted_line["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
            sums[metric["Name"]] = sums.get(metric["Name"], 0) + counted_line[metric["Name"]]
    return sums
