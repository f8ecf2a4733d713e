#!/usr/bin/env python3
"""What lies in the dead-letter queues of a stack, and with --run: give it another try.

    python3 infra/redrive.py STACK          look
    python3 infra/redrive.py STACK --run    look, then redrive

Events of SES go back to their queue; repeats do no harm. Finalized invoices are handed to `submit` again, and leave the
queue once Lambda has taken them. Positions in the stream and failed runs of `watch` have nothing to redrive: the
recipients are due in the table, where `watch` finds them.

Ends with 0 when all that was asked for is done. With 1 when a letter was left where it is, or a move failed or still
goes on: what is printed says which. Needs boto3 (`pip install boto3`).
"""

import argparse
import json
import os
import sys
import time
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

# How long to watch a move; it goes on by itself.
PATIENCE_SECONDS = 300
PAUSE_SECONDS = 1
# A letter that is being handed on is nobody else's for so long.
HIDDEN_SECONDS = 60
# As many as SQS remembers.
MAX_MOVES = 10
MOVING = ("RUNNING", "CANCELLING")
NOTHING_TO_DO = {
    "SendDeadLetters": "watch sends those recipients again; read the log of send for the cause, then purge",
    "WatchDeadLetters": "the next run did their work; read the log of watch for the cause, then purge",
}


class Stack:
    """The resources of a deployed stack by their logical ids."""

    def __init__(self, name: str, session: boto3.Session) -> None:
        self.name = name
        self.cloudformation = session.client("cloudformation")
        self.sqs = session.client("sqs")
        self.aws_lambda = session.client("lambda")

    def physical_id(self, logical_id: str) -> str:
        found = self.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def waiting(self, queue_url: str) -> tuple[int, int]:
        """How many messages can be received, and how many somebody has in hand."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
        return int(answer[names[0]]), int(answer[names[1]])

    def arn(self, queue_url: str) -> str:
        return self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def moves(self, source: str) -> list[dict[str, Any]]:
        """The moves out of a queue that SQS remembers, the newest first."""
        moves = self.sqs.list_message_move_tasks(SourceArn=source, MaxResults=MAX_MOVES).get("Results", [])
        return sorted(moves, key=lambda move: move["StartedTimestamp"], reverse=True)


def move_events(stack: Stack, dead_letters_url: str, _waiting: int) -> bool:
    """Moves all events of SES back to the queue that `record` reads; a move that somebody else began is watched."""
    source = stack.arn(dead_letters_url)
    known = stack.moves(source)
    if any(move["Status"] in MOVING for move in known):
        print("  a move is under way already")
        since = next(move["StartedTimestamp"] for move in known if move["Status"] in MOVING)
    else:
        # By SQS's clock, not by this machine's: ours is newer than the newest one before it.
        since = known[0]["StartedTimestamp"] + 1 if known else 0
        stack.sqs.start_message_move_task(SourceArn=source, DestinationArn=stack.arn(stack.physical_id("EventQueue")))
    return watch_move(stack, source, since)


def watch_move(stack: Stack, source: str, since: int) -> bool:
    """Waits for the newest move that began then or later; one that is not listed yet still runs."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        ours = [move for move in stack.moves(source) if move["StartedTimestamp"] >= since]
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
    function = stack.physical_id("SubmitFunction")
    handed, left = 0, 0
    # What fails once more comes back as a new letter: those that were there are enough for one run.
    while handed + left < waiting:
        received = stack.sqs.receive_message(
            QueueUrl=dead_letters_url, VisibilityTimeout=HIDDEN_SECONDS, WaitTimeSeconds=1
        )
        messages = received.get("Messages", [])
        if not messages:
            print(f"  {waiting - handed - left} could not be received: somebody else reads them, or they are gone")
            break
        for message in messages:
            try:
                stack.aws_lambda.invoke(FunctionName=function, InvocationType="Event", Payload=event(message["Body"]))
                stack.sqs.delete_message(QueueUrl=dead_letters_url, ReceiptHandle=message["ReceiptHandle"])
                handed += 1
            except (ValueError, KeyError, TypeError, ClientError) as error:
                print(f"  {message['MessageId']} is left where it is: {type(error).__name__}: {error}")
                left += 1
    print(f"  {handed} handed to submit again")
    return handed == waiting


def event(body: str) -> bytes:
    """The event: a letter of EventBridge is one, a letter of Lambda is the record of an invocation that holds one."""
    letter = json.loads(body)
    if not isinstance(letter, dict):
        raise TypeError("neither an event nor a record of an invocation")
    if "requestContext" in letter and "requestPayload" in letter:
        return json.dumps(letter["requestPayload"], ensure_ascii=False, separators=(",", ":")).encode()
    return body.encode()


REDRIVES = {"EventDeadLetters": move_events, "SubmitDeadLetters": invoke_again}


def look(stack: Stack, logical_id: str, run: bool, options: str) -> bool:
    """One queue: what is there, how to see it and what to do about it. False if something asked for was not done."""
    url = stack.physical_id(logical_id)
    waiting, in_hand = stack.waiting(url)
    print(f"{logical_id}: {waiting} waiting{f', {in_hand} in the hands of somebody who reads them' if in_hand else ''}")
    if not waiting and not in_hand:
        return True
    print(f"  {url}")
    receive = "--visibility-timeout 30 --max-number-of-messages 10"
    print(f"  to see them: aws sqs receive-message{options} --queue-url {url} {receive}")
    if logical_id in NOTHING_TO_DO:
        print(f"  {NOTHING_TO_DO[logical_id]}: aws sqs purge-queue{options} --queue-url {url}")
        return True
    if not run:
        print("  --run gives them another try")
        return True
    if in_hand:
        print(f"  {in_hand} left in somebody's hands: run this again when they are back")
    done = REDRIVES[logical_id](stack, url, waiting) if waiting else True
    return done and not in_hand


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", help="name of the stack")
    parser.add_argument("--run", action="store_true", help="redrive what can be redriven")
    parser.add_argument("--region", help="the stack's region; else AWS_REGION, AWS_DEFAULT_REGION or the profile's")
    parser.add_argument("--profile", help="whose credentials to take; else AWS_PROFILE or what else the SDK finds")
    arguments = parser.parse_args()
    # The SDK for Python reads AWS_DEFAULT_REGION only.
    region = arguments.region or os.environ.get("AWS_REGION")
    stack = Stack(arguments.stack, boto3.Session(profile_name=arguments.profile, region_name=region))
    given = (("region", arguments.region), ("profile", arguments.profile))
    options = "".join(f" --{name} {value}" for name, value in given if value)
    # A list, so that the queues after one that failed have their turn, too.
    done = [look(stack, logical_id, arguments.run, options) for logical_id in (*REDRIVES, *NOTHING_TO_DO)]
    return 0 if all(done) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BotoCoreError, ClientError) as error:
        # No credentials, no such stack, a right that is missing: AWS's own words say it best.
        sys.exit(str(error))
