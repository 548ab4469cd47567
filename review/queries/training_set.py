"""What a project's classifier learns from: every text that people judged, and what they said of it."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched

import numpy as np

from annotate.models import Example, Project, Revision
from annotate.records import Conversation
from review.models import ClassifierRules, ClusterMember, DuplicateCluster
from review.quality.labels import MOST, Labels, reviewer_weight
from review.queries.classifier_rules import classifier_rules
from review.queries.imported_labels import imported_chosen
from review.queries.outcomes import GOOD
from review.queries.said import Said, people_said, said_of
from review.queries.slices import BANDS

CHUNK = 1_000
IMPORTED = 0  # in the place of a label's id
FIRST = 1  # the revision that an import writes
UNKNOWN = ("", "", "")


@dataclass(frozen=True, slots=True)
class Judged:
    """One revision of an example and the verdict on it.

    `label` is the newest label behind it, IMPORTED where the verdict came with the data. `random` says whether it was
    drawn at random, so that it may stand in an estimate; `weight` is how far its reviewers can be relied on. Rows that
    share one of their `groups` say nearly the same: they are versions of one example, or its copies and near
    duplicates. `first` is what was said before a second look, None where there was none.
    """

    label: int
    example: int
    revision: int
    good: bool
    random: bool
    weight: float
    reviewer: int
    groups: tuple[str, ...]
    first: bool | None = None

    @property
    def imported(self) -> bool:
        return self.label == IMPORTED

    @property
    def measured(self) -> bool:
        """What figures compare with: the verdict as it was before the classifier had a say in what is looked at."""
        return self.good if self.first is None else self.first


def training_set(project: Project) -> list[Judged]:
    """Return the judged revisions of a project in the order of their examples; disputed ones are left out.

    Adjudication overrules, and so does a second look; the newer of both holds. Else of each person the newest label on
    a revision counts, and all must agree. Labels that check a reviewer (gold) are none of these. A text that was
    superseded stays with its own verdict. After them stand texts whose label was imported, where the project learns
    from such: of those that no person judged, as many as a training has room for.
    """
    said, rules = said_of(people_said(project)), classifier_rules(project)
    weights = _weights(said.values())
    rows = []
    for (example, revision), found in sorted(said.items()):
        if found.verdict:
            settled = found.looked or found.settled
            weight = 1.0 if settled else max(weights[person] for person in found.verdicts)
            rows.append(
                Judged(
                    found.newest, example, revision, found.verdict == GOOD, found.random and bool(found.first), weight,
                    found.reviewer, (), found.first == GOOD if found.looked else None,
                )
            )  # fmt: skip
    if rules.imported_key and len(rows) < MOST:
        judged = [example for example, revision in said if revision == FIRST]
        rows += _imported(rules, judged, MOST - len(rows))
    return _grouped(rows)


def _imported(rules: ClassifierRules, judged: Collection[int], most: int) -> list[Judged]:
    return [
        Judged(IMPORTED, example, FIRST, good, False, rules.imported_weight, 0, ())
        for example, good in imported_chosen(rules, judged, most)
    ]


def _grouped(rows: Sequence[Judged]) -> list[Judged]:
    """Name what belongs together."""
    clusters = _clusters({row.example for row in rows})
    return [
        replace(row, groups=(f"example {row.example}", *(f"cluster {pk}" for pk in clusters[row.example])))
        for row in rows
    ]


def labels_of(rows: Sequence[Judged]) -> Labels:
    """Return the rows as the classifier takes them, with what its figures are broken down by."""
    about = _about({row.example for row in rows})
    known = [about.get(row.example, UNKNOWN) for row in rows]
    return Labels(
        ids=tuple(f"{row.example}.{row.revision}.{row.label}" for row in rows),
        good=np.array([row.good for row in rows], np.bool_),
        weight=np.array([row.weight for row in rows], np.float64),
        sampled=np.array([row.random for row in rows], np.bool_),
        groups=tuple(row.groups for row in rows),
        first=np.array([row.measured for row in rows], np.bool_),
        imported=np.array([row.imported for row in rows], np.bool_),
        slices={
            "source": tuple(source for source, _, _ in known),
            "language": tuple(language for _, language, _ in known),
            "length": tuple(length for _, _, length in known),
            "reviewer": tuple(str(row.reviewer) for row in rows),
        },
    )


def texts_of(rows: Sequence[Judged]) -> Iterator[list[Conversation]]:
    """Yield the judged texts in the order of the rows, so many at a time as memory holds easily."""
    for part in batched(rows, CHUNK):
        ids = {row.example for row in part}
        current = {
            (pk, revision): Conversation.from_json(turns, metadata)
            for pk, revision, turns, metadata in Example.objects.filter(pk__in=ids).values_list(
                "pk", "revision", "turns", "metadata"
            )
        }
        wanted = [row.example for row in part if (row.example, row.revision) not in current]
        earlier = {
            (revision.example_id, revision.number): revision.conversation
            for revision in Revision.objects.filter(example__in=wanted)
        }
        yield [(current | earlier)[row.example, row.revision] for row in part]


def _weights(said: Collection[Said]) -> Mapping[int, float]:
    """Return what each reviewer's labels count, by how often somebody else who labelled the same agreed.

    A second look is none of that: only what the classifier doubts is looked at again, so it finds many errors with
    whoever labelled much, however well.
    """
    agreed, compared = Counter[int](), Counter[int]()
    for found in said:
        for person, verdict in found.verdicts.items():
            others = [other for who, other in found.verdicts.items() if who != person]
            if others and person != found.settled_by:
                compared[person] += 1
                agreed[person] += verdict == (found.settled or others[0])
    people = {person for found in said for person in found.verdicts}
    return {person: reviewer_weight(agreed[person], compared[person]) for person in people}


def _clusters(examples: Collection[int]) -> Mapping[int, list[int]]:
    """Return by example the clusters of copies and near duplicates that it belongs to."""
    alike = (DuplicateCluster.Kind.EXACT, DuplicateCluster.Kind.NEAR)
    found: dict[int, list[int]] = defaultdict(list)
    members = ClusterMember.objects.filter(example__in=examples, kind__in=alike)
    for example, cluster in members.order_by("kind").values_list("example", "cluster"):
        found[example].append(cluster)
    return found


def _about(examples: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return by example its dataset's source, its language and its band of length."""
    rows = Example.objects.filter(pk__in=examples).values_list(
        "pk", "dataset__source", "measurement__language", "measurement__tokens"
    )
    return {
        pk: (source, language or "", "" if tokens is None else str(bisect_right(BANDS, tokens)))
        for pk, source, language, tokens in rows
    }
