"""What other systems hear of the journey, and the totals that are counted beside it: a queue like a practice-management
system's, made from the runbook's example; counting anew; a record that cannot be read, and its redrive.
"""

import datetime
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import jsonschema

from expect import Failed, expect, same, saw, step, until
from journey import BCC, CC, SECOND_TO, TO
from stack import NAME, ROOT
from windows import Windows
from world import World

EXAMPLE = ROOT / "infra" / "events" / "examples" / "queue.yaml"
SCHEMA = ROOT / "infra" / "events" / "invoice-email-status-changed.v1.json"
LISTENER = "practice-management"
# With three looks, half a minute and more apart, where something is put right.
RECOUNT_SECONDS = 240
# A run of redrive.py with its relay, which the operator's steps have: sentences that it must say, and its exit code.
Redrive = Callable[..., None]


class Listener:
    """Somebody else's queue, and all that it has heard."""

    def __init__(self, world: World) -> None:
        self._world = world
        client = world.emulator.client("cloudformation")
        client.create_stack(StackName=LISTENER, TemplateBody=EXAMPLE.read_text(encoding="utf-8"))

        def made() -> str:
            (described,) = client.describe_stacks(StackName=LISTENER)["Stacks"]
            same("the example's state", described["StackStatus"], "CREATE_COMPLETE")
            (output,) = described["Outputs"]
            return str(output["OutputValue"])

        self._url = until("the example", made)
        self._heard: list[dict[str, Any]] = []

    def heard(self) -> list[dict[str, Any]]:
        """All details that have come so far."""
        sqs = self._world.emulator.client("sqs")
        while messages := sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._heard.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return self._heard


def listen(world: World) -> Listener:
    """Before anything happens."""
    step(f"A practice-management system listens: {EXAMPLE.name} of the runbook is deployed beside the stack.")
    listener = Listener(world)
    saw(f"stack {LISTENER}, its queue is empty: {listener.heard()}")
    return listener


def run(world: World, listener: Listener, windows: Windows, redrive: Redrive) -> None:
    """All steps, on what the journey left."""
    announced(world, listener)
    totals(world)
    recounted(world)
    poisoned(world)
    redriven(world, listener, windows, redrive)


def announced(world: World, listener: Listener) -> None:
    """Who failed, and who opened, was told; nobody's address was."""
    step("The queue hears what became of invoice 1042, each by its recipient.")
    wanted = {"to:0": ["opened"], "to:1": ["opened"], "cc:0": ["rejected"], "bcc:0": ["marked_spam"]}

    def look() -> list[dict[str, Any]]:
        details = [one for one in listener.heard() if one["invoice"] == "1042"]
        seen: dict[str, list[str]] = {}
        # At least once: a repeat has the same id.
        for one in {one["id"]: one for one in sorted(details, key=lambda one: one["sequence"])}.values():
            seen.setdefault(one["recipient"], []).append(one["new_sent_status"])
        same("what was heard", seen, wanted)
        return details

    details = until("the events", look)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for detail in details:
        jsonschema.validate(detail, schema, jsonschema.Draft202012Validator)
        for address in (TO, SECOND_TO, CC, BCC):
            expect(address not in json.dumps(detail), f"an event names {address}", detail)
    bounce = next(one for one in details if one["recipient"] == "cc:0")
    told = {name: bounce[name] for name in ("firm", "number", "client", "kind", "reason_code", "next_action")}
    same("what is told of the bounce", told, {
        "firm": "roe", "number": "1042", "client": "client-7", "kind": "cc", "reason_code": "bounced",
        "next_action": "correct_address",
    })
    saw(f"{len(details)} events that fit the schema, without an address; the bounce: {bounce}")


def totals(world: World) -> None:
    """Totals are those of the rows."""
    step("Totals, which are counted, against the rows, which are read.")
    report = "/v1/reports/invoice-emails"
    rows = world.get(f"{report}?limit=1000")["rows"]
    by_status = Counter(row["sent_status"] for row in rows) | Counter({"recipients": len(rows)})
    by_evidence = Counter(row["evidence"] for row in rows)
    waiting = world.get("/v1/attention?limit=1000")["rows"]
    attention = Counter(row["sent_status"] for row in waiting) | Counter({"recipients": len(waiting)})

    def look() -> None:
        summary = world.get(f"{report}/summary")
        same("the totals", +Counter(summary["total"]), by_status)
        same("the evidence", +Counter(summary["evidence"]), by_evidence)
        same("the work queue's numbers", +Counter(world.get("/v1/attention/summary")), attention)

    until("the totals", look)
    for path, addresses in {"status=rejected": {CC}, "client=client-7": {TO, SECOND_TO, CC, BCC}}.items():
        found = {row["address"] for row in world.get(f"{report}?{path}")["rows"]}
        same(f"the report by {path}", found, addresses)
    recipient = world.get(f"{report}?recipient={BCC.replace('+', '%2B').replace('@', '%40')}")["rows"]
    same("the report by an address", {row["address"] for row in recipient}, {BCC})
    saw(f"{dict(by_status)}, {dict(by_evidence)}; to be seen to: {dict(attention)}; filters find their rows")


def recounted(world: World) -> None:
    """The runbook's recount: nothing, a counter that somebody spoilt, not put right beside a standstill, put right, nothing."""
    step("`python3 infra/recount.py`; then with a counter that somebody spoilt.")
    _recount(world, 0, "no difference")
    table, client = world.stack.outputs["TableName"], world.emulator.client("dynamodb")
    found = client.query(
        TableName=table, KeyConditionExpression="pk = :pk AND begins_with(sk, :year)",
        ExpressionAttributeValues={":pk": {"S": "totals#roe"}, ":year": {"S": "2"}},
    )["Items"]
    expect(bool(found), "there are no counters", world.get("/v1/reports/invoice-emails/summary"))
    name = next(name for name, value in found[0].items() if "N" in value)
    client.update_item(
        TableName=table, Key={"pk": found[0]["pk"], "sk": found[0]["sk"]}, UpdateExpression="ADD #name :one",
        ExpressionAttributeNames={"#name": name}, ExpressionAttributeValues={":one": {"N": "1"}},
    )
    _recount(world, 1, "1 difference")
    mapping = world.stack.physical("FollowFromStream")
    world.emulator.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    _recount(world, 1, "its mapping FollowFromStream is disabled", "--correct")
    world.emulator.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)
    _recount(world, 0, "1 difference, 1 put right", "--correct")
    _recount(world, 0, "no difference")


def _recount(world: World, code: int, sentence: str, *arguments: str) -> None:
    """Runs it for the days that the journey can have had."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    days = ["--from", str(today - datetime.timedelta(1)), "--to", str(today)]
    ended = subprocess.run(
        [sys.executable, str(ROOT / "infra" / "recount.py"), NAME, "--firm", "roe", *days, *arguments],
        env=world.emulator.environment(), capture_output=True, text=True, timeout=RECOUNT_SECONDS, check=False,
    )
    said = ended.stdout + ended.stderr
    expect(ended.returncode == code, f"infra/recount.py ended with {ended.returncode}, not {code}", said)
    expect(sentence in said, f"infra/recount.py did not say {sentence!r}", said)
    for line in said.splitlines():
        saw(f"| {line}")


def _recipients(world: World, invoice: str) -> list[dict[str, Any]]:
    return world.emulator.client("dynamodb").query(
        TableName=world.stack.outputs["TableName"], KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"invoice#roe#{invoice}"}, ":sk": {"S": "send#"}},
    )["Items"]


def poisoned(world: World) -> None:
    """A record that cannot be read ends alone in the dead letters; what came with it and after it is counted."""
    step("An item of which nothing but its key is a recipient's, between two e-mails.")
    client, table = world.emulator.client("dynamodb"), world.stack.outputs["TableName"]
    before = world.get("/v1/reports/invoice-emails/summary")["total"]["recipients"]
    key = {"pk": {"S": "invoice#roe#poison"}, "sk": _recipients(world, "1042")[0]["sk"]}
    world.portal("POST", "/v1/invoices/1051/emails", {"to": TO, "subject": "Before the poison"}).json(202)
    client.put_item(TableName=table, Item=key)
    world.portal("POST", "/v1/invoices/1052/emails", {"to": SECOND_TO, "subject": "After the poison"}).json(202)

    def counted() -> None:
        now = world.get("/v1/reports/invoice-emails/summary")["total"]["recipients"]
        same("recipients in the totals", now, before + 2)

    until("both e-mails in the totals", counted)

    def letter() -> dict[str, Any]:
        letters = world.letters("FollowDeadLetters")
        expect(len(letters) == 1, f"{len(letters)} letters in FollowDeadLetters", letters)
        return dict(json.loads(letters[0])["DDBStreamBatchInfo"])

    batch = until("the dead letter", letter)
    same("the letter's records", (batch["batchSize"], batch["startSequenceNumber"]), (1, batch["endSequenceNumber"]))
    world.logged("FollowLog", "cannot be read")
    saw(f"both e-mails are counted; the poison lies alone in FollowDeadLetters: {batch}")


def redriven(world: World, listener: Listener, windows: Windows, redrive: Redrive) -> None:
    """The runbook's redrive: of the poison, of a record that is fine by now, of one that the stream has forgotten."""
    step("`python3 infra/redrive.py` with the poison, a letter of the bounce, and one that came too late.")
    sqs, queue = world.emulator.client("sqs"), world.stack.physical("FollowDeadLetters")
    (poison,) = world.letters("FollowDeadLetters")
    letter = json.loads(poison)
    bounce = next(one for one in listener.heard() if one["recipient"] == "cc:0" and one["invoice"] == "1042")
    number = _sequence_number(world, letter["DDBStreamBatchInfo"]["streamArn"], windows.shard)
    for numbers in (number, "1".rjust(len(number), "0")):
        info = letter["DDBStreamBatchInfo"] | {"startSequenceNumber": numbers, "endSequenceNumber": numbers}
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(letter | {"DDBStreamBatchInfo": info}))
    times = sum(one["id"] == bounce["id"] for one in listener.heard())
    redrive(
        world, 1, "FunctionFailed", "1 announced again and counted anew", "no difference", "its are gone",
        "1 of 3 followed again",
    )
    until("the bounce again", lambda: same(
        "how often it was heard", sum(one["id"] == bounce["id"] for one in listener.heard()), times + 1))
    same("letters that the next run sees", len(world.letters("FollowDeadLetters")), 2)
    _recount(world, 0, "no difference")
    sqs.purge_queue(QueueUrl=queue)
    saw("the bounce was announced again under its id, and counted no second time; the others are left, with what to do")


def _sequence_number(world: World, stream: str, shard: str) -> str:
    """Of the record in which the Cc of invoice 1042 came to be among those that fail."""
    client = world.emulator.client("dynamodbstreams")
    page = client.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    iterator = page["ShardIterator"]

    def fails(image: Any) -> bool:
        return bool(image) and image["address"]["S"] == CC and image.get("rare_pk", {}).get("S", "").endswith("#failing")

    while records := (page := client.get_records(ShardIterator=iterator))["Records"]:
        iterator = page["NextShardIterator"]
        for change in (one["dynamodb"] for one in records):
            keys = {name: value["S"] for name, value in change["Keys"].items()}
            of_invoice = keys["pk"] == "invoice#roe#1042" and keys["sk"].startswith("send#")
            if of_invoice and fails(change.get("NewImage")) and not fails(change.get("OldImage")):
                return str(change["SequenceNumber"])
    raise Failed("no record of the stream shows how the Cc of invoice 1042 failed")


def window_ended(windows: Windows) -> None:
    """At the end of a window the function is asked once more, with nothing to do."""
    step("The window of the stream ends.")
    same("the answer", windows.end_window(), {"state": {}, "batchItemFailures": []})
    saw("an invocation without records, answered with a state")
