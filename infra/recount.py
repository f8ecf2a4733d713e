#!/usr/bin/env python3
"""Holds a firm's counters against its recipients, and with --correct: puts the counters right.

    python3 infra/recount.py STACK --firm FIRM --from 2026-11-01 --to 2026-11-30
    python3 infra/recount.py STACK --firm FIRM --from 2026-11-01 --to 2026-11-30 --correct
    python3 infra/recount.py STACK --firm FIRM --from 2026-11-01 --to 2026-11-30 --correct --list

The days are those of UTC on which the e-mails were submitted; without --to it is one day. Of e-mails that change in this
very moment a counter may lag behind. So --correct looks several times, at least half a minute apart, and puts right only
what differs and stays the same; and it refuses while `follow` does not keep up with the changes, because one that is written
and not yet counted would be counted twice. Two of them must not run at once: both would put right the same mistake.

With --correct also e-mails that stand among the rare statuses (queued, rejected, delayed, marked as spam) and are none, or
the other way round, are put where they belong. With --list e-mails are listed by client, address and status that were
written before there were indexes for that, and that no filter finds.

Ends with 0 when nothing is left to put right, else with 1. Needs boto3 (`pip install boto3`).
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from stack import FunctionFailed, Refused, Stack, end, parser

# As many days as `follow` takes at once.
MAX_DAYS = 366
# What has been written has been counted by so much later than the batching window, if `follow` keeps up.
PAUSE_SECONDS = 30
# A record may be so much older than the window when `follow` gets it. The rest of the pause is for counting it.
MAX_AGE_SECONDS = 20
# For how long `follow` has to have kept up. CloudWatch hears of a minute some time after it.
LOOKED_BACK_SECONDS = 900
ROW = "{:<24}  {:<11}  {:<21}  {:>9}  {:>10}"


@dataclass
class Recount:
    """What `follow` found."""

    recipients: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)
    # All numbers, those of the work queue among them, be they listed or not.
    different: int = 0
    corrected: int = 0
    # Those that differed and changed while they were looked at.
    unsettled: int = 0
    # Rows that stand in the index of rare statuses otherwise than their log says, and those put right.
    misplaced: int = 0
    replaced: int = 0
    # Rows brought into the indexes, and those that changed meanwhile.
    listed: int = 0
    unlisted: int = 0

    @property
    def right(self) -> bool:
        """Whether nothing is left to put right."""
        done = self.corrected == self.different and self.replaced == self.misplaced
        return done and not self.unsettled and not self.unlisted

    def add(self, answer: dict[str, Any]) -> None:
        """What one call found; the work queue is in one of them."""
        waiting = answer["attention"] or {"differences": [], "different": 0, "corrected": 0, "unsettled": 0}
        # Of the whole work queue, whatever the days.
        self.differences += [{"from": "the work queue", "evidence": ""} | one for one in waiting["differences"]]
        self.differences += answer["differences"]
        self.recipients += answer["recipients"]
        self.different += answer["different"] + waiting["different"]
        self.corrected += answer["corrected"] + waiting["corrected"]
        self.unsettled += answer["unsettled"] + waiting["unsettled"]
        self.misplaced += answer["misplaced"]
        self.replaced += answer["replaced"]
        self.listed += answer["listed"]
        self.unlisted += answer["unlisted"]


def recount(
    stack: Stack, firm: str, first: str, last: str, correct: bool, listing: bool = False, attention: bool = True
) -> Recount:
    """Asks `follow`, again and again from where its time or its number of days ended."""
    found, begin = Recount(), first
    while day_of(begin) <= last:
        until = min(last, later(day_of(begin), MAX_DAYS - 1))
        asked: dict[str, Any] = {"firm": firm, "from": begin, "to": until, "correct": correct, "list": listing}
        # The work queue hangs on no day: once is enough, and what the first call put right no later one finds.
        asked["attention"] = attention and begin == first
        if correct:
            asked["pause_seconds"] = pause_seconds(stack, firm, begin)
        answer = stack.invoke("FollowFunction", {"recount": asked})
        found.add(answer)
        go_on = answer["next"] or later(until, 1)
        # Hours sort behind their day.
        if go_on <= begin:
            raise FunctionFailed(f"follow counted from {begin} and wants to go on at {go_on}: it would never end")
        begin = go_on
    return found


def pause_seconds(stack: Stack, firm: str, begin: str) -> int:
    """How far apart `follow` has to look, so that all that was written before the first look is counted at the second.

    That holds only while it keeps up; else this refuses.
    """
    mapping = stack.aws_lambda.get_event_source_mapping(UUID=stack.physical_id("FollowFromStream"))
    state, window = mapping["State"], int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    harm = f"putting counters right now would count changes twice: nothing of {firm} was put right from {day_of(begin)} on"
    if state != "Enabled":
        raise Refused(f"follow does not read the stream, its mapping FollowFromStream is {state.lower()}; {harm}")
    now = datetime.datetime.now(datetime.timezone.utc)
    ages = stack.cloudwatch.get_metric_statistics(
        Namespace="AWS/Lambda", MetricName="IteratorAge", Statistics=["Maximum"], Period=60,
        Dimensions=[{"Name": "FunctionName", "Value": stack.physical_id("FollowFunction")}],
        StartTime=now - datetime.timedelta(seconds=LOOKED_BACK_SECONDS), EndTime=now,
    )["Datapoints"]
    # None at all: there was nothing to do.
    age = max((one["Maximum"] / 1000 for one in ages), default=0.0)
    if age >= window + MAX_AGE_SECONDS:
        minutes = LOOKED_BACK_SECONDS // 60
        raise Refused(
            f"follow does not keep up: in the last {minutes} minutes changes waited for it for up to {age:.0f} s; {harm}. "
            f'See "Totals and announcements lag" in infra/README.md, and try again {minutes} minutes after it has caught up'
        )
    return window + PAUSE_SECONDS


def day_of(place: str) -> str:
    """The day of a place from which `follow` goes on: a day itself, or one of its hours, 2026-11-17T09."""
    return place.split("T")[0]


def later(day: str, days: int) -> str:
    """So many days after a day."""
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days)).isoformat()


def show(found: Recount, firm: str, first: str, last: str, indent: str = "") -> None:
    """A table of what differed, and what became of it."""
    names = ("from", "sent_status", "evidence", "counted", "recipients")
    if found.differences:
        print(indent + ROW.format("submitted from", "status", *names[2:]))
    for one in found.differences:
        print(indent + ROW.format(*(one[name] for name in names)))
    more = found.different - len(found.differences)
    if more > 0:
        print(f"{indent}and {more} more")
    days = first if first == last else f"{first} to {last}"
    differences = many(found.different, "difference")
    corrected = f", {found.corrected} put right" if found.corrected else ""
    listed = f", {found.listed} listed anew" if found.listed else ""
    print(f"{indent}{firm}, {days}: {found.recipients:,} recipients, {differences}{corrected}{listed}")
    if found.unsettled:
        print(f"{indent}{many(found.unsettled, 'number')} changed meanwhile: count again when it is calmer")
    if found.misplaced:
        replaced = f"{found.replaced} put where they belong" if found.replaced else "--correct puts them where they belong"
        print(f"{indent}{many(found.misplaced, 'e-mail')} misplaced among the rare statuses, {replaced}")
    if found.unlisted:
        print(f"{indent}{many(found.unlisted, 'e-mail')} changed while being listed: ask for --list again")


def many(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'s' if count > 1 else ''}"


def day(text: str) -> str:
    """A day as `follow` takes it."""
    return datetime.date.fromisoformat(text).isoformat()


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--firm", required=True, help="the firm, as the claim of its tokens names it")
    arguments.add_argument("--from", required=True, type=day, dest="first", help="the first day, such as 2026-11-01")
    arguments.add_argument("--to", type=day, dest="last", help="the last day; else the first one alone")
    arguments.add_argument("--correct", action="store_true", help="put the counters right; never two of these at once")
    arguments.add_argument("--list", action="store_true", help="list e-mails that are older than the indexes, too")
    asked = arguments.parse_args()
    last = asked.last or asked.first
    if last < asked.first:
        arguments.error("--to comes before --from")
    found = recount(Stack(asked), asked.firm, asked.first, last, asked.correct, asked.list)
    show(found, asked.firm, asked.first, last)
    return 0 if found.right else 1


if __name__ == "__main__":
    end(main)
