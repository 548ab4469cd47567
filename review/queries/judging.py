"""What a project's judge has still to be asked about: by which rubric, which texts, and for about how many tokens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum

from annotate.models import Dataset, Example, Project
from annotate.records import Conversation
from review.models import ClassifierVersion, JudgeRubric, Label, Queue, RemoteScore, ScorerVersion
from review.queries.outcomes import untaken
from review.queries.scorers import NO_SUCH_ID
from review.queries.training_set import Judged, texts_of
from review.remote.judge import SLUG, Judge
from review.remote.judge_text import TASK, JudgeAsk, ask_of, tokens_in
from review.scorers import judge_identity

# What can be asked about; drawn sets are of so many examples, the others of all that are left in them.
LABELLED, RANDOM, DATASET, ALL, TRY = "labelled", "random", "dataset", "all", "try"
DRAWN = {RANDOM, TRY}
TRIED = 5
MOST_RANDOM = 20_000

# Where no example has been measured yet, and of what a judge answers.
USUAL_TOKENS, USUAL_ANSWER = 200, 60
ASKED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Server:
    """The judge that the site's operator has set up, as people are told of it."""

    host: str
    model: str


@dataclass(frozen=True, slots=True)
class Due:
    """How many texts a judge has still to be asked about, and about how many tokens that takes."""

    count: int
    tokens: int

    def __add__(self, other: "Due") -> "Due":
        return Due(self.count + other.count, self.tokens + other.tokens)


def judge_server() -> Server | None:
    """Return which server texts would be sent to, and for which model; None where there is none."""
    endpoint = settings.REMOTE_ENDPOINTS.get(SLUG)
    if endpoint is None:
        return None
    address = urlsplit(endpoint["url"])
    port = f":{address.port}" if address.port else ""
    return Server(f"{address.hostname}{port}", endpoint["model"])


def rubrics_of(project: Project) -> QuerySet[JudgeRubric]:
    """Return a project's rubrics, the newest first, which is the one that holds."""
    return JudgeRubric.objects.filter(project=project).select_related("by").order_by("-number")


def judge_scorer(rubric: str, model: str) -> int:
    """Return the id of the ScorerVersion that judges by this rubric with this model; 0 where it has never judged."""
    known = ScorerVersion.objects.filter(digest=judge_identity(rubric, model).digest)
    return known.values_list("pk", flat=True).first() or NO_SUCH_ID


def uses_judge(project: int) -> bool:
    """Say whether the active classifier of a project (its id) goes by what the judge says, too."""
    active = ClassifierVersion.objects.active().filter(project=project)
    return active.filter(evaluation__judge__used=True).exists()


def judge_due(project: Project, scorer: int) -> QuerySet[Example]:
    """Return a project's examples whose text that ScorerVersion has not judged, or gave no score that could be read."""
    judged = Q(measurement__revision__gte=F("revision"), measurement__scorers__contains=[scorer])
    again = Q(measurement__details__judge__again=True)
    return Example.objects.submitted().filter(~judged | again, dataset__project=project)


def with_labels(examples: QuerySet[Example]) -> QuerySet[Example]:
    """Keep those whose current text somebody has judged."""
    return examples.filter(_has_label())


def without_labels(examples: QuerySet[Example]) -> QuerySet[Example]:
    """Keep those whose current text nobody has judged."""
    return examples.filter(~_has_label())


def _has_label() -> Exists:
    said = Label.objects.filter(example=OuterRef("pk"), revision=OuterRef("revision"))
    return Exists(untaken(said.exclude(queue=Queue.GOLD)))


def earlier_due(project: Project, judge: tuple[str, str], dataset: Dataset | None = None) -> list[Judged]:
    """Return the labelled texts that were edited since and that a judge (rubric, model) has given no score yet.

    They are no example's text any more, but reviewers judged them: without them what was bad and is mended would be
    missing from what the judge is measured by.
    """
    said = untaken(Label.objects.exclude(queue=Queue.GOLD)).filter(revision__lt=F("example__revision"))
    said = (
        said.filter(example__dataset=dataset) if dataset else said.filter(example__dataset__project=project)
    )
    found = said.values_list("example", "revision").annotate(newest=Max("pk")).order_by("newest")
    rows = [Judged(label, example, revision, True, False, 1.0, 0, ()) for example, revision, label in found]
    known = judgements_of(judge, texts_of(rows))
    return [row for row, score in zip(rows, known, strict=True) if score is None]


def judgements_of(judge: tuple[str, str], texts: Iterator[list[Conversation]]) -> list[float | None]:
    """Return what a judge (rubric, model) said of texts, in their order; None where it said nothing that is kept."""
    rubric, model = judge
    found: list[float | None] = []
    for part in texts:
        asks = [ask_of(rubric, text) for text in part]
        digests = [ask.digest() if ask else b"" for ask in asks]
        scores = {bytes(row.content_hash): row.score for row in kept_judgements(model, digests)}
        found += [scores.get(digest) for digest in digests]
    return found


def kept_judgements(model: str, digests: Sequence[bytes]) -> QuerySet[RemoteScore]:
    """Return the scores that were kept of what was sent to a model before, by the digests of that."""
    return RemoteScore.objects.filter(
        content_hash__in=[digest for digest in digests if digest],
        provider=SLUG,
        version=Judge.version,
        model=model,
    )


def due_by_dataset(project: Project, rubric: str, scorer: int) -> Mapping[int, Due]:
    """Count by dataset the current texts that are due."""
    rows = judge_due(project, scorer).values("dataset").annotate(**_COUNTED)
    return {row["dataset"]: _due(row, rubric) for row in rows}


def labelled_due(project: Project, judge: tuple[str, str], scorer: int) -> Due:
    """Count the labelled texts that are due, those that were edited since among them."""
    current = _due(with_labels(judge_due(project, scorer)).aggregate(**_COUNTED), judge[0])
    asks = [ask_of(judge[0], text) for part in texts_of(earlier_due(project, judge)) for text in part]
    return current + Due(len(asks), sum(_whole(ask) for ask in asks))


_COUNTED = {
    "count": Count("pk"),
    "measured": Count("measurement__tokens"),
    "tokens": Sum("measurement__tokens", default=0),
}


def _due(row: Mapping[str, Any], rubric: str) -> Due:
    """Estimate from what is measured: turns take some more as JSON, and each ask has its task and its answer."""
    mean = row["tokens"] / row["measured"] if row["measured"] else USUAL_TOKENS
    return Due(row["count"], round(row["count"] * (1.1 * mean + tokens_in(TASK + rubric) + USUAL_ANSWER)))


def _whole(ask: JudgeAsk | None) -> int:
    return ask.tokens + USUAL_ANSWER if ask else 0
