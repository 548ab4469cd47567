"""What the review stream says: what was saved, what was refused and what to do, why nothing is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from annotate.models import Example
from review.models import Label
from review.queries.gold import PauseState, QualificationState
from review.queries.queue import QueueState
from review.queries.rules import Reason

LOST = (
    "Not saved: this example is decided already, or your time with it ran out and somebody else has it. "
    "Nothing is asked of you; go on with the next one."
)
OWN = "Not saved: you wrote or edited this example, so somebody else reviews it. Go on with the next one."
PAUSED = (
    "Not saved: you are paused in this project. Load the page anew: it says why, and whom to ask to go on."
)
# Offered under digits when somebody passes an example on; kept as words, since nothing is counted by them.
SKIPS = (
    "Outside my field",
    "A language I do not read well enough",
    "Too long for now",
    "The guidelines do not say",
    "I know who wrote it",
)
FIRST = "A sample is drawn by itself once an import has been screened. None has been drawn yet."
DROPPED = "Every example that the limits keep has a decision."


@dataclass(frozen=True, slots=True)
class Empty:
    """Why there is no example to review; with `may_start` there is one to be had, `waits`: once this is read."""

    title: str
    text: str
    may_start: bool = False
    waits: bool = False
    icon: str = "inbox"
    until: datetime | None = None


def said_of(label: Label, reasons: Iterable[Reason]) -> str:
    """Say what was saved, for a screen reader, before the next example is read out."""
    return f"Saved as {verdict_words(label, reasons)}."


def verdict_words(label: Label, reasons: Iterable[Reason]) -> str:
    """Say what a label says: "good", "bad: incorrect, unsafe"."""
    words = {reason.slug: reason.label for reason in reasons}
    named = ", ".join(words.get(slug, slug) for slug in label.reasons)
    return f"bad: {named}" if label.verdict == Label.Verdict.BAD else str(label.verdict)


def stale_words(current: Example) -> str:
    """Say that the text under the reviewer changed, and what to do."""
    return (
        f"Not saved: the text was changed after you opened it and is at revision {current.revision} now. "
        "Your choice is kept: read the new text, then decide."
    )


def paused_words(state: PauseState) -> Empty:
    """Say why somebody may review nothing at present, and what to do about it."""
    note = f" “{state.pause.note}”" if state.pause.note else ""
    if state.by_hand:
        text = f"A manager of this project has paused you.{note}"
    else:
        text = (
            f"Some of the examples you get have a label that is known. Of the last {state.asked} of these you labelled "
            f"{state.right} right; {state.needed} are needed.{note}"
        )
    again = "Read the guidelines again and talk to a manager of this project, who can let you go on."
    return Empty("You are paused", f"{text} {again} What you decided stays saved.", icon="clock")


def qualifying_words(state: QualificationState) -> Empty:
    """Say how far somebody is with the examples that come before the first real one."""
    if state.lacking:
        text = (
            f"You answer {state.wanted} examples first, whose label is known, and {_count(state.lacking)} "
            "of these are missing. A manager of this project marks them; ask one."
        )
        return Empty("You cannot qualify yet", text, icon="users")
    if state.asked >= state.wanted:
        text = "You have answered enough examples whose label is known. Start, and you are told how you did."
        return Empty("First you qualify", text, may_start=True)
    rest = _count(state.wanted - state.asked)
    text = (
        f"Before the first real one you answer {rest} whose label is known. Read the guidelines, then start."
    )
    return Empty("First you qualify", text, may_start=True, waits=not state.asked)


def empty_words(queue: QueueState, *, has_samples: bool, free_at: datetime | None = None) -> Empty:
    """Say why a reviewer has nothing before them: the first reason that holds."""
    if queue.free:
        return Empty(
            "Ready to review", f"{queue.free:,} of the sample {_wait(queue.free)} for a decision.", True
        )
    if not has_samples:
        return Empty("Nothing to review yet", FIRST)
    if queue.held:
        text = f"Other reviewers hold {_count(queue.held)}. What they do not decide comes free again."
        return Empty("What is left is with others", text, icon="clock", until=free_at)
    if queue.own or queue.skipped:
        return Empty("What is left is not for you", _not_yours(queue), icon="users")
    text = DROPPED if queue.dropped else "Every example of the sample has a decision."
    return Empty("All reviewed", text, icon="circle-check")


def _not_yours(queue: QueueState) -> str:
    own = f"{_count(queue.own)} you wrote or edited yourself" if queue.own else ""
    skipped = f"{_count(queue.skipped)} you skipped" if queue.skipped else ""
    there = "There is" if queue.own + queue.skipped == 1 else "There are"
    return f"{there} {' and '.join(filter(None, (own, skipped)))}; another reviewer decides."


def _count(count: int) -> str:
    return f"{count:,} example{'s' * (count != 1)}"


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"
