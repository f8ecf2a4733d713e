#!/usr/bin/env python3
"""What lies in the dead-letter queues of a stack, and with --run: give it another try.

    python3 infra/redrive.py STACK          look
    python3 infra/redrive.py STACK --run    look, then redrive

Events of SES go back to their queue; repeats do no harm. Finalized invoices are handed to `submit` again, and leave the
queue once Lambda has taken them. Positions in the stream and failed runs of `watch` have nothing to redrive: the
recipients are due in the table, where `watch` finds them. Needs boto3, which the SAM CLI brings.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import boto3

# How long to watch a move; it goes on by itself.
PATIENCE_SECONDS = 300
NOTHING_TO_DO = {
    "SendDeadLetters": "watch sends those recipients again; read the log of send for the cause, then purge",
    "WatchDeadLetters": "the next run did their work; read the log of watch for the cause, then purge",
}


class Stack:
    """The resources of a deployed stack by their logical ids."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cloudformation = boto3.client("cloudformation")
        self.sqs = boto3.client("sqs")
        self.aws_lambda = boto3.client("lambda")

    def physical_id(self, logical_id: str) -> str:
        found = self.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def waiting(self, queue_url: str) -> int:
        attributes = ["ApproximateNumberOfMessages"]
        answer = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=attributes)
        return int(answer["Attributes"][attributes[0]])

    def arn(self, queue_url: str) -> str:
        return self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def move_events(stack: Stack, dead_letters_url: str) -> str:
    """Moves all events of SES back to the queue that `record` reads."""
    source = stack.arn(dead_letters_url)
    target = stack.arn(stack.physical_id("EventQueue"))
    stack.sqs.start_message_move_task(SourceArn=source, DestinationArn=target)
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        (task, *_) = stack.sqs.list_message_move_tasks(SourceArn=source)["Results"]
        if task["Status"] != "RUNNING":
            reason = f": {task['FailureReason']}" if task.get("FailureReason") else ""
            return f"{task['ApproximateNumberOfMessagesMoved']} moved to EventQueue, {task['Status'].lower()}{reason}"
        time.sleep(1)
    return "still moving; aws sqs list-message-move-tasks tells how far"


def invoke_again(stack: Stack, dead_letters_url: str) -> str:
    """Hands each finalized invoice to `submit` again. A letter is deleted only after Lambda took its event."""
    function = stack.physical_id("SubmitFunction")
    handed = 0
    # What fails once more comes back as a new letter: those that were there are enough for one run.
    for _ in range(stack.waiting(dead_letters_url)):
        received = stack.sqs.receive_message(QueueUrl=dead_letters_url, VisibilityTimeout=60, WaitTimeSeconds=1)
        for message in received.get("Messages", []):
            stack.aws_lambda.invoke(FunctionName=function, InvocationType="Event", Payload=event(message["Body"]))
            stack.sqs.delete_message(QueueUrl=dead_letters_url, ReceiptHandle=message["ReceiptHandle"])
            handed += 1
    return f"{handed} handed to submit again"


def event(body: str) -> bytes:
    """The event itself: Lambda wraps what failed into a record of the invocation, EventBridge does not."""
    letter = json.loads(body)
    return json.dumps(letter.get("requestPayload", letter)).encode()


REDRIVES = {"EventDeadLetters": move_events, "SubmitDeadLetters": invoke_again}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", help="name of the stack")
    parser.add_argument("--run", action="store_true", help="redrive what can be redriven")
    arguments = parser.parse_args()
    stack = Stack(arguments.stack)
    for logical_id in (*REDRIVES, *NOTHING_TO_DO):
        url = stack.physical_id(logical_id)
        waiting = stack.waiting(url)
        print(f"{logical_id}: {waiting} waiting")
        if waiting and logical_id in NOTHING_TO_DO:
            print(f"  {NOTHING_TO_DO[logical_id]}: aws sqs purge-queue --queue-url {url}")
        elif waiting and arguments.run:
            print(f"  {REDRIVES[logical_id](stack, url)}")
        elif waiting:
            print("  --run gives them another try")
    return 0


if __name__ == "__main__":
    sys.exit(main())
