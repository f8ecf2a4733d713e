"""What an operator meets: a message that nobody understands, redriving, the portal's events, the schedule, a right that
is missing, the logs. After the journey, on what it left."""

import dataclasses
import json
import subprocess
import sys

from bridge import Mail, MoveTasks, events_of, invoke_as_eventbridge_does
from emulator import ACCOUNT, REGION
from expect import expect, same, saw, step, until
from journey import BCC, CC, SECOND_TO, TO, counted
from stack import NAME, ROOT
from world import World

PORTAL_SOURCE, FINALIZED = "billing.portal", "Invoice Finalized"
STREAM_ACTIONS = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"]
REDRIVE_SECONDS = 120
NOT_AN_EVENT = "this is not an event"


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
    """A message that nobody understands goes alone."""
    step("A poison message and a good one in one batch (here the queue gives up after two tries, a second apart).")
    sqs, queue = world.emulator.client("sqs"), world.stack.physical("EventQueue")
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    hasty = json.loads(before["RedrivePolicy"]) | {"maxReceiveCount": 2}
    hasty_attributes = {"VisibilityTimeout": "1", "RedrivePolicy": json.dumps(hasty)}
    mail = world.ses.about("Invoice 1043")
    good = next(one for one in events_of(_complaining(mail)) if one["eventType"] == "Complaint")
    mapping, client = world.stack.physical("RecordFromQueue"), world.emulator.client("lambda")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes=hasty_attributes)
    client.update_event_source_mapping(UUID=mapping, Enabled=False)  # so that both are in one batch
    try:
        world.emulator.client("sns").publish_batch(
            TopicArn=world.stack.outputs["EventTopicArn"],
            PublishBatchRequestEntries=[
                {"Id": "poison", "Message": NOT_AN_EVENT}, {"Id": "good", "Message": json.dumps(good)},
            ],
        )
        until("both in the queue", lambda: _letters(world, "EventQueue", 2))
        client.update_event_source_mapping(UUID=mapping, Enabled=True)
        until("the good one", lambda: same("1043", world.recipients("1043")[TO]["sent_status"], "marked_spam"))
        letters = until("the dead letter", lambda: _letters(world, "EventDeadLetters", 1))
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)
    same("the dead letter", json.loads(letters[0])["Message"], NOT_AN_EVENT)
    same("what is left in the queue", world.letters("EventQueue"), [])
    saw("the good one is recorded, the poison lies alone in EventDeadLetters")


def _complaining(mail: Mail) -> Mail:
    """The same message, had it gone to somebody who complains."""
    return dataclasses.replace(mail, destination=["complaint@simulator.amazonses.com"])


def _letters(world: World, queue: str, count: int) -> list[str]:
    letters = world.letters(queue)
    expect(len(letters) == count, f"{len(letters)} letters in {queue}, not {count}", letters)
    return letters


def redriven(world: World) -> None:
    """The runbook's redrive, with an event that could not be recorded before."""
    step("`python3 infra/redrive.py` moves what was repaired from EventDeadLetters back to the queue.")
    sqs, dead = world.emulator.client("sqs"), world.stack.physical("EventDeadLetters")
    sqs.purge_queue(QueueUrl=dead)
    mail = world.ses.to(TO)
    late = events_of(mail)[-1] | {"eventType": "DeliveryDelay"}
    late["deliveryDelay"] = {"timestamp": late.pop("delivery")["timestamp"], "delayType": "MailboxFull",
                             "delayedRecipients": [{"emailAddress": TO, "status": "4.2.2"}]}
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps({"Type": "Notification", "Message": json.dumps(late)}))
    with MoveTasks(world.emulator) as tasks:
        ended = subprocess.run(
            [sys.executable, str(ROOT / "infra" / "redrive.py"), NAME, "--run"],
            env=world.emulator.environment() | {"AWS_ENDPOINT_URL_SQS": tasks.url},
            capture_output=True, text=True, timeout=REDRIVE_SECONDS, check=False,
        )
    expect(ended.returncode == 0, f"infra/redrive.py ended with {ended.returncode}", ended.stdout + ended.stderr)
    for line in ended.stdout.splitlines():
        saw(f"| {line}")

    def look() -> None:
        known = [status["status"] for status in world.recipients("1042")[TO]["statuses"]]
        expect("deferred" in known, "no deferred", known)

    until("the redriven event", look)
    _letters(world, "EventDeadLetters", 0)
    saw("it is in the history; EventDeadLetters is empty")
    until("the malformed event again", lambda: _letters(world, "SubmitDeadLetters", 1))
    saw("the malformed event was tried again and is back in SubmitDeadLetters")


def finalized(world: World) -> None:
    """The portal's event reaches `submit`; what cannot be one is kept."""
    step("EventBridge: `Invoice Finalized` of billing.portal, a good one, one of another source, a malformed one.")
    good, other, bad = ({"firm": "roe", "invoice": invoice} for invoice in ("1044", "1099", ""))
    entries = [
        {"Source": source, "DetailType": FINALIZED, "Detail": json.dumps(detail)}
        for source, detail in (("somebody.else", other), (PORTAL_SOURCE, good))
    ]
    same("entries refused", world.emulator.client("events").put_events(Entries=entries)["FailedEntryCount"], 0)
    saw(f"submit: {until('the good one', lambda: world.logged('SubmitLog', '1044'))}")
    expect(not any("1099" in line for line in world.log("SubmitLog")), "the other source's event reached submit")
    invoke_as_eventbridge_does(world.emulator, world.stack.physical("SubmitFunction"), PORTAL_SOURCE, FINALIZED, bad)
    (letter,) = until("the dead letter", lambda: _letters(world, "SubmitDeadLetters", 1))
    kept = json.loads(letter)
    same("the dead letter", kept.get("requestPayload", kept)["detail"], bad)
    tries = [line for line in world.log("SubmitLog") if "detail.invoice is malformed" in line]
    same("tries of the malformed one", len(tries), 3)
    saw(f"the malformed one was tried three times and lies in SubmitDeadLetters; submit said: {tries[0]}")


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
    functions = ["Submit", "Send", "Track", "Record", "Report", "Settings", "Watch"]
    polled = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    allowed = [("Send", f"dynamodb:{one}", table["LatestStreamArn"]) for one in STREAM_ACTIONS]
    allowed += [("Record", one, queue("EventQueue")) for one in polled]
    allowed += [("Record", "kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{stack.physical('MessageKey')}")]
    allowed += [(name, "sqs:SendMessage", queue(f"{name}DeadLetters")) for name in ("Send", "Submit", "Watch")]
    for name in functions:
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{stack.physical(f'{name}Log')}:log-stream:2026/11/22/1"
        allowed += [(name, "logs:CreateLogStream", group), (name, "logs:PutLogEvents", group)]
        allowed += [(name, "xray:PutTraceSegments", "*")]
    identity = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/somebody.example"
    denied = [(name, f"dynamodb:{one}", table["TableArn"]) for name in functions for one in ("Scan", "DeleteItem")]
    denied += [(name, "dynamodb:UpdateItem", f"{table['TableArn']}-other") for name in functions]
    denied += [(name, "dynamodb:PutItem", table["TableArn"]) for name in functions if name != "Submit"]
    denied += [("Send", "ses:SendEmail", identity), ("Record", "ses:SendEmail", identity)]
    denied += [("Record", "sqs:ReceiveMessage", queue("EventDeadLetters"))]
    for wanted, asked in (("allowed", allowed), ("implicitDeny", denied)):
        for name, action, resource in asked:
            answer = world.emulator.client("iam").simulate_principal_policy(
                PolicySourceArn=stack.arn(f"{name}Role"), ActionNames=[action], ResourceArns=[resource]
            )
            decision = answer["EvaluationResults"][0]["EvalDecision"]
            same(f"{name}Role, {action} on {resource}", decision, wanted)
    saw(f"{len(allowed)} allowed, {len(denied)} denied")


def quiet_logs(world: World) -> None:
    """No address, subject or token in any log."""
    step("The functions' logs.")
    secrets = {one.split("+")[-1].split("@")[0] + "@" for one in (TO, SECOND_TO, CC, BCC)}
    secrets |= {TO, SECOND_TO, CC, BCC, "Ann Roe", "your invoice is ready"}
    secrets |= {mail.link("o").rsplit("/")[-1].removesuffix(".gif") for mail in world.ses.mails}
    groups = [name for name in world.stack.resources if name.endswith("Log") and name != "ApiLog"]
    lines = {group: world.log(group) for group in groups}
    for group, all_lines in lines.items():
        for line in all_lines:
            found = [secret for secret in secrets if secret and secret in line]
            expect(not found, f"{group} tells {found}", line)
    metrics: dict[str, int] = {}
    for line in (line for all_lines in lines.values() for line in all_lines if '"_aws"' in line):
        for metric in json.loads(line)["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
            metrics[metric["Name"]] = metrics.get(metric["Name"], 0) + json.loads(line)[metric["Name"]]
    saw(f"{sum(map(len, lines.values()))} lines in {len(groups)} logs: no address, name, text or token")
    saw(f"metrics: {', '.join(f'{name} {count}' for name, count in sorted(metrics.items())) or 'none'}")
