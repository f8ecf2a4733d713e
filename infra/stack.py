"""A deployed stack, as the commands beside this file reach it. Needs boto3 (`pip install boto3`)."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# Longer than any function may run; and asked once, because a second request would begin the same work beside the first.
ANSWER_SECONDS = 330


class FunctionFailed(Exception):
    """A function was invoked and ended with an error, or answered what cannot be; its own words."""


class Refused(Exception):
    """A command does not do what it was asked for, because it would do harm now; why, in a sentence."""


class Stack:
    """The resources of a deployed stack by their logical ids."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.name: str = arguments.stack
        given = (("region", arguments.region), ("profile", arguments.profile))
        # For commands that are printed, so that they reach the same stack.
        self.options = "".join(f" --{name} {value}" for name, value in given if value)
        # The SDK for Python reads AWS_DEFAULT_REGION only.
        region = arguments.region or os.environ.get("AWS_REGION")
        session = boto3.Session(profile_name=arguments.profile, region_name=region)
        self.cloudformation = session.client("cloudformation")
        self.sqs = session.client("sqs")
        self.streams = session.client("dynamodbstreams")
        self.cloudwatch = session.client("cloudwatch")
        patient = Config(read_timeout=ANSWER_SECONDS, retries={"total_max_attempts": 1})
        self.aws_lambda = session.client("lambda", config=patient)

    def physical_id(self, logical_id: str) -> str:
        found = self.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def invoke(self, logical_id: str, event: Any) -> Any:
        """Invokes a function and waits for its answer."""
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        answer = self.aws_lambda.invoke(FunctionName=self.physical_id(logical_id), Payload=payload)
        text = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise FunctionFailed(f"{logical_id}: {text}")
        return json.loads(text)


def parser(description: str | None) -> argparse.ArgumentParser:
    """What each of the commands takes."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("stack", help="name of the stack")
    made.add_argument("--region", help="the stack's region; else AWS_REGION, AWS_DEFAULT_REGION or the profile's")
    made.add_argument("--profile", help="whose credentials to take; else AWS_PROFILE or what else the SDK finds")
    return made


def end(main: Callable[[], int]) -> None:
    """Runs a command to its exit code."""
    try:
        sys.exit(main())
    except (BotoCoreError, ClientError, FunctionFailed, Refused) as error:
        # No credentials, no such stack, a right that is missing: AWS's own words say it best.
        sys.exit(str(error))
