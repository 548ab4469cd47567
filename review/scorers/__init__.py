"""The registry of scorers, in the order of the funnel, and one pass of them over a batch."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import Any

from annotate.records import Conversation
from review.scorers.base import DETAILS, Measure, Measured, Option, Resources, Scorer
from review.scorers.contamination import Contamination
from review.scorers.exact import Exact
from review.scorers.format import Format
from review.scorers.language import Language
from review.scorers.length import Length
from review.scorers.personal_data import PersonalData
from review.scorers.toxicity import Toxicity

SCORERS: tuple[Scorer, ...] = (
    Format(),
    Length(),
    Exact(),
    Toxicity(),
    PersonalData(),
    Contamination(),
    Language(),
)

FIELDS: tuple[str, ...] = tuple(field for scorer in SCORERS for field in scorer.fields)

NEAR_OPTIONS: tuple[Option, ...] = (
    Option(
        "shingles",
        "What is compared",
        "characters",
        "Five characters keep records with one word in ten edited above 0.7 while templates stay below.",
        (("characters", "5 characters"), ("words", "3 words")),
    ),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A scorer as used: slug, version and every option; equal ones give equal values for equal texts."""

    slug: str
    version: int
    options: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of slug, version and options as canonical JSON."""
        said = json.dumps([self.slug, self.version, dict(self.options)], sort_keys=True)
        return sha256(said.encode()).hexdigest()


# What a project's own labels taught: done by a job of its own, and only where a classifier is active, whose digest
# the option is.
LEARNT = (
    "quality",
    1,
    (Option("classifier", "Classifier", "", "Whichever version a manager has activated."),),
)
LEARNT_FIELDS = ("quality",)

# What a model of the site's operator says by the project's rubric: done where a manager asks for it, as far as the
# budget goes, and so never missing; what its options are is said by `judge_identity`.
JUDGED = (
    "judge",
    1,
    (
        Option("rubric", "Rubric", "", "The SHA-256 of the text that a manager wrote."),
        Option("model", "Model", "", "The judging model that the site's operator named."),
    ),
)
JUDGED_FIELDS = ("judge",)

# What finds groups among examples instead of measuring each alone; done after all scorers.
GROUPING = ("near", 1, NEAR_OPTIONS)


def identities(options: Mapping[str, Mapping[str, Any]]) -> dict[str, Identity]:
    """Every scorer, the grouping of duplicates, and the classifier if one is active, with their options, by slug.

    Options that a scorer does not know are left out.
    """
    known = [(scorer.slug, scorer.version, scorer.options) for scorer in SCORERS]
    learnt = [LEARNT] if options.get(LEARNT[0], {}).get("classifier") else []
    return {
        slug: Identity(slug, version, _options(given, options.get(slug, {})))
        for slug, version, given in [*known, GROUPING, *learnt]
    }


def judge_identity(rubric: str, model: str) -> Identity:
    """Return the judge as used: by this text of a rubric, with this model."""
    slug, version, _ = JUDGED
    return Identity(slug, version, {"rubric": sha256(rubric.encode()).hexdigest(), "model": model})


def _options(known: Sequence[Option], given: Mapping[str, Any]) -> dict[str, Any]:
    return {option.slug: given.get(option.slug, option.default) for option in known}


class Battery:
    """Scorers made ready for one project: measures batches and adds up the seconds each scorer took."""

    def __init__(
        self,
        options: Mapping[str, Mapping[str, Any]],
        resources: Resources,
        scorers: Sequence[Scorer] = SCORERS,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        asked = identities(options)
        self._clock = clock
        self.measures: dict[str, Measure] = {
            scorer.slug: scorer.prepare(asked[scorer.slug].options, resources) for scorer in scorers
        }
        self.seconds = dict.fromkeys(self.measures, 0.0)

    def measure(
        self, conversations: Sequence[Conversation], before: Callable[[str], None] = lambda slug: None
    ) -> list[Measured]:
        """Return everything the scorers find, one result for each conversation, in their order.

        What they tell for people is gathered under "details" by the scorer's slug. `before` hears the slug of each
        scorer whose turn it is.
        """
        measured: list[Measured] = [{} for _ in conversations]
        for slug, found in self._found(conversations, before):
            for row, values in zip(measured, found, strict=True):
                if DETAILS in values:
                    row.setdefault(DETAILS, {})[slug] = values.pop(DETAILS)
                row.update(values)
        return measured

    def take_seconds(self) -> dict[str, float]:
        """Return the seconds each scorer took since the last call."""
        taken, self.seconds = self.seconds, dict.fromkeys(self.measures, 0.0)
        return taken

    def _found(
        self, conversations: Sequence[Conversation], before: Callable[[str], None]
    ) -> Iterator[tuple[str, list[Measured]]]:
        for slug, measure in self.measures.items():
            before(slug)
            began = self._clock()
            found = measure(conversations)
            self.seconds[slug] += self._clock() - began
            yield slug, found


def measure(conversations: Sequence[Conversation], scorers: Sequence[Scorer] = SCORERS) -> list[Measured]:
    """Everything the scorers find by their default options."""
    return Battery({}, Resources(), scorers).measure(conversations)
