"""What ministack 1.5.33 lacks of a stream's mapping: windows, and with them the shard's name; tries that end; parting a
batch that fails; keeping what is given up.
"""

import base64
import datetime
import json
import threading
import time
import uuid
from typing import Any, Self

from botocore.exceptions import ClientError

from emulator import Emulator
from expect import Failed, expect
from stack import Stack

# Between two looks at a shard without news. Lambda looks four times a second.
PAUSE_SECONDS = 0.1
# Between two tries of what failed. Lambda waits longer, and the longer the more often.
RETRY_PAUSE_SECONDS = 0.02
# A filter that lets no record by.
NOTHING = {"Filters": [{"Pattern": json.dumps({"eventName": ["NOTHING"]})}]}

Record = dict[str, Any]


class Windows:
    """Polls a stream for a mapping with TumblingWindowInSeconds, by the ordinary APIs and as Lambda does.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html

    ministack's own poller is given a filter that lets nothing by, and the mapping stays enabled, as who counts anew asks it to
    be; what the mapping says is read before, and what ministack did not keep of it, the length of the windows, from the
    template. A context manager.
    """

    def __init__(self, emulator: Emulator, stack: Stack, name: str) -> None:
        self._clients = {one: emulator.client(one) for one in ("lambda", "sqs", "dynamodbstreams")}
        uuid_of_mapping = stack.physical(name)
        self._mapping = self._clients["lambda"].get_event_source_mapping(UUID=uuid_of_mapping)
        # ministack's own poller must not hand the same records over besides.
        self._clients["lambda"].update_event_source_mapping(UUID=uuid_of_mapping, FilterCriteria=NOTHING)
        properties = stack.template["Resources"][name]["Properties"]
        self._window_seconds = int(properties["TumblingWindowInSeconds"])
        self._patterns = [json.loads(one["Pattern"]) for one in self._mapping["FilterCriteria"]["Filters"]]
        self._stream: str = self._mapping["EventSourceArn"]
        described = self._clients["dynamodbstreams"].describe_stream(StreamArn=self._stream)["StreamDescription"]
        (shard,) = described["Shards"]
        self.shard: str = shard["ShardId"]
        self._iterator = self._clients["dynamodbstreams"].get_shard_iterator(
            StreamArn=self._stream, ShardId=self.shard, ShardIteratorType=self._mapping["StartingPosition"]
        )["ShardIterator"]
        self._window: int | None = None
        self._state: Any = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)
        # What nothing but this class can have done wrong, for the test's own end.
        self.trouble: Exception | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def end_window(self) -> Any:
        """Stops polling and ends the last window, as Lambda does when its time is over; what the function answered."""
        self._ended.set()
        self._thread.join()
        if self.trouble:
            raise self.trouble
        expect(self._window is not None, "no record has come, so no window was opened")
        answer, error = self._invoke([], final=True)
        expect(not error, "the function fails at a window's end", error)
        return answer

    def _poll(self) -> None:
        try:
            while not self._ended.is_set():
                batch = self._read()
                for part in self._by_window(batch):
                    self._work_on(part, self._mapping["MaximumRetryAttempts"])
                if not batch:
                    self._ended.wait(PAUSE_SECONDS)
        except Exception as error:  # said where somebody waits for it, not on a thread's own
            self.trouble = error

    def _read(self) -> list[Record]:
        """The next records that the filter lets by."""
        page = self._clients["dynamodbstreams"].get_records(ShardIterator=self._iterator, Limit=self._mapping["BatchSize"])
        self._iterator = page["NextShardIterator"]
        records = [as_lambda_has_it(record) | {"eventSourceARN": self._stream} for record in page["Records"]]
        return [one for one in records if any(matches(pattern, one) for pattern in self._patterns)]

    def _by_window(self, batch: list[Record]) -> list[list[Record]]:
        parts: dict[int, list[Record]] = {}
        for record in batch:
            arrived = int(record["dynamodb"]["ApproximateCreationDateTime"])
            parts.setdefault(arrived - arrived % self._window_seconds, []).append(record)
        return [parts[start] for start in sorted(parts)]

    def _work_on(self, batch: list[Record], tries_left: int) -> None:
        """One batch of one window, until nothing of it is left: done, or given up."""
        arrived = int(batch[0]["dynamodb"]["ApproximateCreationDateTime"])
        start = arrived - arrived % self._window_seconds
        if self._window is not None and self._window != start:
            self._invoke([], final=True)
            self._state = {}
        self._window = start
        answer, error = self._invoke(batch, final=False)
        failed = [] if error else [one["itemIdentifier"] for one in answer.get("batchItemFailures", [])]
        if not error and not failed:
            self._state = answer["state"]
            return
        time.sleep(RETRY_PAUSE_SECONDS)
        if failed:
            # What comes before the first failure is done.
            numbers = [one["dynamodb"]["SequenceNumber"] for one in batch]
            batch = batch[min(numbers.index(one) for one in failed):]
        elif self._mapping["BisectBatchOnFunctionError"] and len(batch) > 1:
            # Parting a batch uses up no try.
            half = len(batch) // 2
            self._work_on(batch[:half], tries_left)
            self._work_on(batch[half:], tries_left)
            return
        if tries_left == 0:
            self._give_up(batch)
        else:
            self._work_on(batch, tries_left - 1)

    def _invoke(self, batch: list[Record], final: bool) -> tuple[dict[str, Any], str]:
        """The function's answer, or the error that it ended with."""
        assert self._window is not None
        event = {
            "Records": batch,
            "window": {"start": rfc3339(self._window), "end": rfc3339(self._window + self._window_seconds)},
            "state": self._state,
            "shardId": self.shard,
            "eventSourceARN": self._stream,
            "isFinalInvokeForWindow": final,
            "isWindowTerminatedEarly": False,
        }
        answer = self._ask(json.dumps(event).encode())
        text = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            return {}, text
        said = json.loads(text)
        # Without a state Lambda takes it for a failed invocation.
        return (said, "") if isinstance(said, dict) and "state" in said else ({}, f"no state in {text}")

    def _ask(self, payload: bytes) -> Any:
        """Invokes the function; one that cannot be invoked just now, as while it is updated, is waited for."""
        while True:
            try:
                return self._clients["lambda"].invoke(FunctionName=self._mapping["FunctionArn"], Payload=payload)
            except ClientError:
                if self._ended.wait(PAUSE_SECONDS):
                    raise

    def _give_up(self, batch: list[Record]) -> None:
        """Keeps where a batch lies in the stream, in the shape that Lambda has for it.

        Lambda does so with the function's rights; those are asked about elsewhere.
        """
        arn = self._mapping["DestinationConfig"]["OnFailure"]["Destination"]
        first, last = batch[0]["dynamodb"], batch[-1]["dynamodb"]
        letter = {
            "requestContext": {
                "requestId": str(uuid.uuid4()), "functionArn": self._mapping["FunctionArn"],
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self._mapping["MaximumRetryAttempts"] + 1,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": rfc3339(time.time()),
            "DDBStreamBatchInfo": {
                "shardId": self.shard,
                "startSequenceNumber": first["SequenceNumber"],
                "endSequenceNumber": last["SequenceNumber"],
                "approximateArrivalOfFirstRecord": rfc3339(first["ApproximateCreationDateTime"]),
                "approximateArrivalOfLastRecord": rfc3339(last["ApproximateCreationDateTime"]),
                "batchSize": len(batch),
                "streamArn": self._stream,
            },
        }
        url = self._clients["sqs"].get_queue_url(QueueName=arn.rsplit(":")[-1])["QueueUrl"]
        self._clients["sqs"].send_message(QueueUrl=url, MessageBody=json.dumps(letter))


def rfc3339(seconds: float) -> str:
    """A time as Lambda writes it in these events."""
    return f"{datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def as_lambda_has_it(value: Any) -> Any:
    """What the SDK read of a stream, as an event has it: JSON, in which bytes are base64."""
    match value:
        case dict():
            return {name: as_lambda_has_it(one) for name, one in value.items()}
        case list():
            return [as_lambda_has_it(one) for one in value]
        case datetime.datetime():
            return value.timestamp()
        case bytes():
            return base64.b64encode(value).decode()
    return value


def matches(pattern: Any, value: Any) -> bool:
    """Whether a filter lets a record by, as far as our filters go: texts that begin with something."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(matches(one, value.get(name)) for name, one in pattern.items())
    for test in pattern:
        if set(test) != {"prefix"}:
            raise Failed(f"the comparison {test} is not known here")
    return isinstance(value, str) and any(value.startswith(test["prefix"]) for test in pattern)
