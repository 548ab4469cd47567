"""What a selection is chosen from: everything that would be released now and has a score, and its texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db.models import F, QuerySet

from annotate.models import Dataset, Example, Revision
from annotate.records import Conversation
from review.models import ClassifierVersion, ClusterMember, Selection
from review.policies import Policy
from review.quality.spread import joined
from review.queries.classifiers import QUALITY
from review.queries.policies import policy_of
from review.queries.releases import RELEASED, with_standing
from review.queries.scorers import NO_SUCH_ID, options_of, scorer_ids

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

# Some 40 bytes an example, so that a million fit anywhere.
_ROW = np.dtype([("example", "i8"), ("revision", "i8"), ("score", "f8"), ("id", "V16")])
_STREAM = 10_000


@dataclass(frozen=True, slots=True)
class ChoicePool:
    """Examples (n,) by rising id: revision, score, public id (16 bytes) and what each is a near-duplicate of, or -1.

    `unscored` counts what would be released as well and has no score by the version.
    """

    examples: Ints
    revisions: Ints
    scores: Floats
    public: npt.NDArray[np.void]
    duplicates: Ints
    unscored: int

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def ids(self) -> list[str]:
        """The public ids as text."""
        return [str(UUID(bytes=each.tobytes())) for each in self.public]


def scorer_of(version: ClassifierVersion) -> int:
    """Return the ScorerVersion by which a version of the classifier scores; one that scored nothing if it never did."""
    options = options_of(version.project, policy_of(version.project)[1])
    told = {**options, QUALITY: {**options[QUALITY], "classifier": version.digest}}
    return scorer_ids(told, [QUALITY]).get(QUALITY, NO_SUCH_ID)


def approved_of(datasets: Sequence[Dataset], policy: Policy) -> QuerySet[Example]:
    """Return what would be released of some datasets now."""
    found: QuerySet[Example] = with_standing(datasets, policy).filter(standing=RELEASED)
    return found


def scored_by(found: QuerySet[Example], version: ClassifierVersion) -> QuerySet[Example]:
    """Narrow measured examples to those that a version of the classifier scored."""
    return found.filter(
        measurement__scorers__contains=[scorer_of(version)], measurement__quality__isnull=False
    )


def pool_now(selection: Selection) -> ChoicePool:
    """Return what the selection is chosen from as it stands now; for one moment of the database, call it in one."""
    datasets = list(selection.datasets.order_by("pk"))
    approved = approved_of(datasets, policy_of(selection.project)[1])
    found = scored_by(approved, selection.classifier).order_by("pk")
    rows = found.values_list("pk", "revision", "measurement__quality", "public_id")
    pool = np.fromiter(_packed(rows.iterator(chunk_size=_STREAM)), _ROW)
    examples = pool["example"].copy()
    return ChoicePool(
        examples,
        pool["revision"].copy(),
        pool["score"].copy(),
        pool["id"].copy(),
        _duplicates(datasets, examples),
        approved.count() - len(pool),
    )


def texts_at(examples: Ints, revisions: Ints) -> list[Conversation]:
    """Return the texts that examples had at these revisions, in their order."""
    wanted = dict(zip(examples.tolist(), revisions.tolist(), strict=True))
    rows = Example.objects.filter(pk__in=list(wanted)).values_list("pk", "revision", "turns", "metadata")
    texts = {pk: (turns, data) for pk, revision, turns, data in rows.iterator() if wanted[pk] == revision}
    edited = [pk for pk in wanted if pk not in texts]
    olds = Revision.objects.filter(example__in=edited).values_list("example", "number", "turns", "metadata")
    texts |= {pk: (turns, data) for pk, number, turns, data in olds if wanted[pk] == number}
    return [Conversation.from_json(*texts[pk]) for pk in wanted]


def _packed(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, int, float, bytes]]:
    for pk, revision, score, public_id in rows:
        yield pk, revision, score, public_id.bytes


def _duplicates(datasets: Sequence[Dataset], examples: Ints) -> Ints:
    """Return for examples by rising id what they are a near-duplicate of; a membership of an older text is none."""
    members = ClusterMember.objects.filter(example__dataset__in=datasets, revision=F("example__revision"))
    pairs = members.order_by("pk").values_list("example", "cluster").iterator(chunk_size=_STREAM)
    named = np.fromiter(pairs, np.dtype([("example", "i8"), ("cluster", "i8")]))
    known = np.isin(named["example"], examples)
    place = np.searchsorted(examples, named["example"][known]).astype(np.int64)
    return joined(len(examples), place, named["cluster"][known])
