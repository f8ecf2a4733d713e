"""`sam deploy --guided` as somebody sees it who has nothing but its questions: each one is answered with its default,
unless the value has to come from the operator."""

import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from emulator import executable
from expect import Failed
from stack import DEPLOY_SECONDS, Workplace

# A question is what the terminal shows last while nothing more comes.
SILENCE_SECONDS = 0.4
STOP_SECONDS = 10
QUESTION = re.compile(r"(?:^|\n)[ \t]*(?P<text>[^\n]*?\S)(?: ?\[(?P<default>[^\]\n]*)\])?: ?\Z")
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Question:
    """One question, its default and the answer that was given ("" is a bare Enter)."""

    text: str
    default: str
    answer: str


def deploy(workplace: Workplace, answer: Callable[[str, str], str]) -> tuple[list[Question], str]:
    """Runs it on a terminal. `answer` gets a question and its default. Answers all questions and all output."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [executable("sam"), "deploy", "--guided"],
        cwd=workplace.folder,
        env=workplace.environment | {"TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        questions, output = _talk(ours, answer)
        code = process.wait(STOP_SECONDS)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    finally:
        os.close(ours)
    if code != 0:
        raise Failed(f"`sam deploy --guided` ended with {code}:\n{output[-6000:]}")
    return questions, output


def _talk(terminal: int, answer: Callable[[str, str], str]) -> tuple[list[Question], str]:
    questions: list[Question] = []
    output, answered = "", 0
    deadline = time.monotonic() + DEPLOY_SECONDS
    while time.monotonic() < deadline:
        readable, _, _ = select.select([terminal], [], [], SILENCE_SECONDS)
        if readable:
            try:
                data = os.read(terminal, 65536)
            except OSError:  # the other side is gone
                data = b""
            if not data:
                return questions, output
            output += COLOURS.sub("", data.decode(errors="replace")).replace("\r\n", "\n")
            continue
        found = QUESTION.search(output[answered:])
        if found:
            text, default = found["text"].strip(), found["default"] or ""
            given = answer(text, default)
            questions.append(Question(text, default, given))
            answered = len(output)
            os.write(terminal, f"{given}\n".encode())
    raise Failed(f"`sam deploy --guided` did not end in time:\n{output[-6000:]}")
