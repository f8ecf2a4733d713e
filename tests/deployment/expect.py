"""What a step does: say what it does, say what it saw, and stop the test with a sentence when it saw something else."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

Seen = TypeVar("Seen")

# Longer than any step takes on a busy machine; a step that needs more is broken.
PATIENCE_SECONDS = 45.0
# Between two looks at something that is on its way.
PAUSE_SECONDS = 0.1
# Of what was seen, as much as a person reads.
SHOWN_CHARACTERS = 3000


class Failed(Exception):
    """Something was not as it has to be."""


BEGAN = time.monotonic()


def step(sentence: str) -> None:
    """Says what comes now, and when."""
    print(f"\n[{time.monotonic() - BEGAN:5.1f} s] {sentence}", flush=True)


def saw(sentence: str) -> None:
    """Says what was seen."""
    print(f"  {sentence}", flush=True)


def shown(value: Any) -> str:
    """A value as a person reads it."""
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]} ..."


def expect(holds: bool, sentence: str, seen: Any = "") -> None:
    """Fails unless it holds."""
    if not holds:
        raise Failed(f"{sentence}\n{shown(seen)}" if seen != "" else sentence)


def same(what: str, seen: Any, wanted: Any) -> None:
    """Fails unless both are equal."""
    expect(seen == wanted, f"{what}: wanted {shown(wanted)}, saw {shown(seen)}")


def until(what: str, look: Callable[[], Seen], seconds: float = PATIENCE_SECONDS) -> Seen:
    """Looks again and again until looking does not fail; then what was seen."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return look()
        except Failed as failure:
            if time.monotonic() > deadline:
                raise Failed(f"{what}: not within {seconds:.0f} s. {failure}") from None
        time.sleep(PAUSE_SECONDS)
