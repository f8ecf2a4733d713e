#!/usr/bin/env python3
"""What lies in the dead-letter queues of a stack, and with --run: give it another try.

    python3 infra/redrive.py STACK          look
    python3 infra/redrive.py STACK --run    look, then redrive

Events of SES go back to their queue; repeats do no harm. Finalized invoices are handed to `submit` again, and leave the
queue once Lambda has taken them. What `follow` gave up is read from the stream as long as it has it and announced (perhaps
for the second time); then the days of those e-mails are counted anew, once each and as `recount.py --correct` does it: not
beside one. Positions that `send` gave up and failed runs of `watch` have nothing to redrive:
the recipients are due in the table, where `watch` finds them.

Ends with 0 when all that was asked for is done. With 1 when a letter was left where it is, a day has to be counted again,
or a move failed or still goes on: what is printed says which. Needs boto3 (`pip install boto3`).
"""

import base64
import datetime
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from recount import recount, show
from stack import FunctionFailed, Refused, Stack, end, parser

# How long to watch a move; it goes on by itself.
PATIENCE_SECONDS = 300
PAUSE_SECONDS = 1
# A letter that is being handed on is nobody else's for so long.
HIDDEN_SECONDS = 60
# The same where all letters are read and their days counted anew before the first is done with. What is left is shown again
# at once; only if this is killed it takes so long.
HIDDEN_WHILE_COUNTED_SECONDS = 3600
# As many as SQS remembers.
MAX_MOVES = 10
# As many records as Lambda hands over at once, and less than the 6 MB that an invocation takes.
MAX_RECORDS = 100
MAX_RECORDS_BYTES = 4_000_000
# A letter's records lie side by side; pages without any are between them where a shard is quiet.
MAX_PAGES = 1000
# What the stream answers about records that it no longer has.
GONE = ("TrimmedDataAccessException", "ResourceNotFoundException")
# The digits of Crockford's base 32, in which an id begins with the 48 bits of its milliseconds.
ULID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID_TIME_LENGTH = 10
MOVING = ("RUNNING", "CANCELLING")
NOTHING_TO_DO = {
    "SendDeadLetters": "watch sends those recipients again; read the log of send for the cause, then purge",
    "WatchDeadLetters": "the next run did their work; read the log of watch for the cause, then purge",
}


# A firm, and a day of UTC on which e-mails of it were submitted.
FirmDay = tuple[str, str]


class Gone(Exception):
    """The stream no longer has what a letter names."""


@dataclass
class Announced:
    """A letter whose records were announced again, and the days that they belong to."""

    message: dict[str, Any]
    records: int
    days: set[FirmDay]


def waiting_in(stack: Stack, queue_url: str) -> tuple[int, int]:
    """How many messages can be received, and how many somebody has in hand."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = stack.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return int(answer[names[0]]), int(answer[names[1]])


def arn(stack: Stack, queue_url: str) -> str:
    return stack.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def moves(stack: Stack, source: str) -> list[dict[str, Any]]:
    """The moves out of a queue that SQS remembers, the newest first."""
    known = stack.sqs.list_message_move_tasks(SourceArn=source, MaxResults=MAX_MOVES).get("Results", [])
    return sorted(known, key=lambda move: move["StartedTimestamp"], reverse=True)


def move_events(stack: Stack, dead_letters_url: str, _waiting: int) -> bool:
    """Moves all events of SES back to the queue that `record` reads; a move that somebody else began is watched."""
    source = arn(stack, dead_letters_url)
    known = moves(stack, source)
    if any(move["Status"] in MOVING for move in known):
        print("  a move is under way already")
        since = next(move["StartedTimestamp"] for move in known if move["Status"] in MOVING)
    else:
        # By SQS's clock, not by this machine's: ours is newer than the newest one before it.
        since = known[0]["StartedTimestamp"] + 1 if known else 0
        stack.sqs.start_message_move_task(SourceArn=source, DestinationArn=arn(stack, stack.physical_id("EventQueue")))
    return watch_move(stack, source, since)


def watch_move(stack: Stack, source: str, since: int) -> bool:
    """Waits for the newest move that began then or later; one that is not listed yet still runs."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        ours = [move for move in moves(stack, source) if move["StartedTimestamp"] >= since]
        if ours and ours[0]["Status"] not in MOVING:
            status, reason = ours[0]["Status"], ours[0].get("FailureReason")
            moved = f"{ours[0].get('ApproximateNumberOfMessagesMoved', 0)} moved to EventQueue, {status.lower()}"
            print(f"  {moved}: {reason}" if reason else f"  {moved}")
            return status == "COMPLETED"
        time.sleep(PAUSE_SECONDS)
    print("  still moving: run this again to watch it")
    return False


def invoke_again(stack: Stack, dead_letters_url: str, waiting: int) -> bool:
    """Hands each finalized invoice to `submit` again. A letter is deleted only after Lambda took its event."""
    function, handed = stack.physical_id("SubmitFunction"), 0
    # What fails once more comes back as a new letter: those that were there are enough for one run.
    for message in letters(stack, dead_letters_url, waiting, HIDDEN_SECONDS):
        try:
            stack.aws_lambda.invoke(FunctionName=function, InvocationType="Event", Payload=event(message["Body"]))
            stack.sqs.delete_message(QueueUrl=dead_letters_url, ReceiptHandle=message["ReceiptHandle"])
            handed += 1
        except (ValueError, KeyError, TypeError, ClientError) as error:
            print(f"  {message['MessageId']} is left where it is: {type(error).__name__}: {error}")
    print(f"  {handed} handed to submit again")
    return handed == waiting


def letters(stack: Stack, dead_letters_url: str, waiting: int, hidden_seconds: int) -> Iterator[dict[str, Any]]:
    """As many letters as were waiting, one after another; says how many could not be had."""
    for number in range(waiting):
        received = stack.sqs.receive_message(
            QueueUrl=dead_letters_url, VisibilityTimeout=hidden_seconds, WaitTimeSeconds=1
        )
        messages = received.get("Messages", [])
        if not messages:
            print(f"  {waiting - number} could not be received: somebody else reads them, or they are gone")
            return
        yield messages[0]


def event(body: str) -> bytes:
    """The event: a letter of EventBridge is one, a letter of Lambda is the record of an invocation that holds one."""
    letter = json.loads(body)
    if not isinstance(letter, dict):
        raise TypeError("neither an event nor a record of an invocation")
    if "requestContext" in letter and "requestPayload" in letter:
        return json.dumps(letter["requestPayload"], ensure_ascii=False, separators=(",", ":")).encode()
    return body.encode()


def follow_again(stack: Stack, dead_letters_url: str, waiting: int) -> bool:
    """Has the records that the letters name announced again, and then counts anew the days that they belong to.

    All are announced first, because the stream forgets them after a day and counting can wait. A letter is deleted only after
    both. Nobody knows whether its records had been counted; counting anew need not know.
    """
    # None of them is shown again before the end, or the queue would hand out the same one once more.
    left: list[dict[str, Any]] = []
    done = 0
    try:
        announced = []
        for message in letters(stack, dead_letters_url, waiting, HIDDEN_WHILE_COUNTED_SECONDS):
            left.append(message)
            if one := announce_again(stack, message):
                announced.append(one)
        counted, calm = count_anew(stack, sorted(set[FirmDay]().union(*(one.days for one in announced))))
        for one in announced:
            if one.days <= counted:
                stack.sqs.delete_message(QueueUrl=dead_letters_url, ReceiptHandle=one.message["ReceiptHandle"])
                left.remove(one.message)
                done += 1
                print(f"  {one.message['MessageId']}: {one.records} announced again and counted anew")
            else:
                print(f"  {one.message['MessageId']} is left where it is: announced again, not counted anew")
    finally:
        for message in left:
            show_again(stack, dead_letters_url, message)
    print(f"  {done} of {waiting} followed again")
    return done == waiting and calm


def announce_again(stack: Stack, message: dict[str, Any]) -> Announced | None:
    """Has all records that a letter names announced again; none if they could not be, and says why."""
    batch: dict[str, Any] = {}
    try:
        batch = json.loads(message["Body"])["DDBStreamBatchInfo"]
        records = records_of(stack, batch)
        days = {whose(record) for record in records}
        for part in parts(records):
            hand_over(stack, batch, part)
        return Announced(message, len(records), days)
    except Gone:
        arrival = str(batch.get("approximateArrivalOfFirstRecord", ""))[:10] or "DAY"
        print(f"  {message['MessageId']} is left where it is: the stream keeps records for a day, and its are gone.")
        print("    Nobody is told of those changes any more. Whose they were it does not say; for each firm, with")
        print("    the days before on which e-mails were submitted that still changed, and then delete the letter:")
        print(f"    {recount_command(stack, 'FIRM', arrival)}")
    except (ValueError, LookupError, TypeError, BotoCoreError, ClientError, FunctionFailed) as error:
        print(f"  {message['MessageId']} is left where it is: {type(error).__name__}: {error}")
    return None


def count_anew(stack: Stack, days: list[FirmDay]) -> tuple[set[FirmDay], bool]:
    """Counts each firm's days anew, and puts them right; which it did, and whether nothing of those has to be done again."""
    counted: set[FirmDay] = set()
    calm = True
    # The work queue is a firm's, not a day's: with the first of its days.
    firms: set[str] = set()
    for firm, day in days:
        try:
            found = recount(stack, firm, day, day, correct=True, attention=firm not in firms)
        except Refused as refused:
            # It holds for all that come after it, too.
            print(f"    {refused}.")
            break
        except (BotoCoreError, ClientError, FunctionFailed) as error:
            print(f"    {firm}, {day}: {type(error).__name__}: {error}")
            continue
        show(found, firm, day, day, indent="    ")
        firms.add(firm)
        counted.add((firm, day))
        if not found.right:
            # The letter knows no more than this command does, so it need not stay for that.
            print(f"    Later, once more: {recount_command(stack, firm, day)}")
            calm = False
    return counted, calm


def recount_command(stack: Stack, firm: str, day: str) -> str:
    return f"python3 infra/recount.py {stack.name}{stack.options} --firm {firm} --from {day} --correct"


def show_again(stack: Stack, queue_url: str, message: dict[str, Any]) -> None:
    """Whoever looks next sees the letter."""
    try:
        stack.sqs.change_message_visibility(
            QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    except ClientError as error:
        print(f"  {message['MessageId']} is seen again within the hour: {error}")


def records_of(stack: Stack, batch: dict[str, Any]) -> list[dict[str, Any]]:
    """The recipients' records from a letter's first to its last, as Lambda hands them over."""
    stream, last = batch["streamArn"], int(batch["endSequenceNumber"])
    found: list[dict[str, Any]] = []
    try:
        iterator = stack.streams.get_shard_iterator(
            StreamArn=stream, ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]
        for _ in range(MAX_PAGES):
            page = stack.streams.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                number = int(record["dynamodb"]["SequenceNumber"])
                if number <= last and record["dynamodb"]["Keys"]["sk"]["S"].startswith("send#"):
                    found.append(plain(record) | {"eventSourceARN": stream})
                if number >= last:
                    return found
            iterator = page.get("NextShardIterator")
            if not iterator:
                break
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            raise Gone from None
        raise
    raise Gone


def plain(value: Any) -> Any:
    """What the SDK read, as the JSON that Lambda makes of a record: bytes in base64, times in seconds."""
    match value:
        case dict():
            return {name: plain(one) for name, one in value.items()}
        case list():
            return [plain(one) for one in value]
        case bytes():
            return base64.b64encode(value).decode()
        case datetime.datetime():
            return value.timestamp()
    return value


def parts(records: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The records in their order, as many at once as an invocation takes."""
    part: list[dict[str, Any]] = []
    size = 0
    for record in records:
        length = len(json.dumps(record, ensure_ascii=False).encode())
        if part and (len(part) == MAX_RECORDS or size + length > MAX_RECORDS_BYTES):
            yield part
            part, size = [], 0
        part.append(record)
        size += length
    if part:
        yield part


def hand_over(stack: Stack, batch: dict[str, Any], records: list[dict[str, Any]]) -> None:
    """Has records announced; `follow` counts nothing of them. Fails if it could not announce them all."""
    event = {"Records": records, "shardId": "redriven", "redriven": True, "eventSourceARN": batch["streamArn"]}
    failed = stack.invoke("FollowFunction", event)["batchItemFailures"]
    if failed:
        raise FunctionFailed(f"{len(failed)} of {len(records)} records failed again; the log of follow tells why")


def whose(record: dict[str, Any]) -> FirmDay:
    """The firm of a recipient's record, and the day of UTC on which its e-mail was submitted."""
    keys = record["dynamodb"]["Keys"]
    firm, send = keys["pk"]["S"].split("#")[1], keys["sk"]["S"].split("#")[1]
    milliseconds = 0
    for digit in send[:ULID_TIME_LENGTH]:
        milliseconds = milliseconds * len(ULID_DIGITS) + ULID_DIGITS.index(digit)
    submitted = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)
    return firm, submitted.date().isoformat()


REDRIVES = {"EventDeadLetters": move_events, "SubmitDeadLetters": invoke_again, "FollowDeadLetters": follow_again}


def look(stack: Stack, logical_id: str, run: bool) -> bool:
    """One queue: what is there, how to see it and what to do about it. False if something asked for was not done."""
    url = stack.physical_id(logical_id)
    waiting, in_hand = waiting_in(stack, url)
    print(f"{logical_id}: {waiting} waiting{f', {in_hand} in the hands of somebody who reads them' if in_hand else ''}")
    if not waiting and not in_hand:
        return True
    print(f"  {url}")
    receive = "--visibility-timeout 30 --max-number-of-messages 10"
    print(f"  to see them: aws sqs receive-message{stack.options} --queue-url {url} {receive}")
    if logical_id in NOTHING_TO_DO:
        print(f"  {NOTHING_TO_DO[logical_id]}: aws sqs purge-queue{stack.options} --queue-url {url}")
        return True
    if not run:
        print("  --run gives them another try")
        return True
    if in_hand:
        print(f"  {in_hand} left in somebody's hands: run this again when they are back")
    done = REDRIVES[logical_id](stack, url, waiting) if waiting else True
    return done and not in_hand


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--run", action="store_true", help="redrive what can be redriven")
    asked = arguments.parse_args()
    stack = Stack(asked)
    # A list, so that the queues after one that failed have their turn, too.
    done = [look(stack, logical_id, asked.run) for logical_id in (*REDRIVES, *NOTHING_TO_DO)]
    return 0 if all(done) else 1


if __name__ == "__main__":
    end(main)
