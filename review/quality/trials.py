"""Labelled rows of a file, tied together by what they say, for trying the classifier without a database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotate.formats import RecordError, read_record
from annotate.reading import Line, LineError
from annotate.records import Conversation
from review.compared import compared_text
from review.neardup.engine import near_duplicates
from review.quality.labels import Labels
from review.quality.matrices import LEAST, MOST
from review.scorers.base import Resources
from review.scorers.exact import Exact

GOOD, BAD = "good", "bad"
OWN = ("label", "group", "judge")


@dataclass(frozen=True, slots=True)
class Trial:
    """One labelled row; `group` is what its file says it belongs to, or empty, `judge` what a judge said of it."""

    line: int
    conversation: Conversation
    good: bool
    group: str
    judge: float | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """A row that cannot be used, and what to mend."""

    line: int
    reason: str


def read_trials(lines: Iterable[Line | LineError]) -> Iterator[Trial | Unusable]:
    """Yield a row for each line: a record of any format with `label`, "good" or "bad", and maybe `group`, `judge`."""
    for item in lines:
        if isinstance(item, LineError):
            yield Unusable(item.number, item.reason)
        else:
            yield _trial(item.number, item.record)


def _trial(line: int, record: dict[str, Any]) -> Trial | Unusable:
    label, group, judge = (record.get(name) for name in OWN)
    if label not in (GOOD, BAD):  # a list is not hashable
        return Unusable(line, f"The field “label” is {_shown(label)}: make it “good” or “bad”.")
    if group is not None and type(group) not in {str, int}:
        return Unusable(
            line, "The field “group” is neither a text nor a whole number: make it one or remove it."
        )
    if judge is not None and (type(judge) not in {int, float} or not LEAST <= judge <= MOST):
        return Unusable(line, "The field “judge” is no number from 1 to 5: make it one or remove it.")
    try:
        rest = {key: value for key, value in record.items() if key not in OWN}
        return Trial(line, read_record(rest), label == GOOD, "" if group is None else str(group), judge)
    except RecordError as error:
        return Unusable(line, error.reason)


def _shown(label: object) -> str:
    if label is None:
        return "missing"
    return f"“{label[:20]}”" if isinstance(label, str) else "no text"


def labels_of(trials: Sequence[Trial], *, threads: int = 1) -> Labels:
    """Return the rows' labels; rows of one group, with the same prompt or nearly the same text belong together."""
    prompts = Exact().prepare({}, Resources())([trial.conversation for trial in trials])
    near = near_duplicates((compared_text(trial.conversation.as_json()) for trial in trials), threads=threads)
    groups = [
        (
            f"prompt:{prompt['prompt_hash']}",
            *([f"near:{number}"] if number >= 0 else []),
            *([f"group:{trial.group}"] if trial.group else []),
        )
        for trial, prompt, number in zip(trials, prompts, near.clusters.numbers.tolist(), strict=True)
    ]
    size = len(trials)
    return Labels(
        tuple(f"line {trial.line}" for trial in trials),
        np.array([trial.good for trial in trials], np.bool_),
        np.ones(size),
        np.ones(size, np.bool_),
        tuple(groups),
    )
