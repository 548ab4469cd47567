"""What the judge's page shows, laid out from its rubric, its job and its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotate.access import Access
from annotate.models import Dataset, Example
from jobs.models import Job
from review.estimates import Interval
from review.judge_forms import MANY, OF_DATASET, RUBRIC, JudgeForm, RubricForm
from review.models import JudgeRubric
from review.quality.judged import Area, JudgeFigures
from review.queries.judge_figures import figures_of
from review.queries.judging import (
    ALL,
    LABELLED,
    RANDOM,
    TRIED,
    TRY,
    Due,
    Server,
    due_by_dataset,
    judge_scorer,
    judge_server,
    labelled_due,
    rubrics_of,
)
from review.queries.outcomes import UNREVIEWED, with_outcome
from review.services import judging
from review.views.texts import titled

ENDED = {
    "all": "Everything that was asked for is done.",
    "tokens": "The budget of tokens is used.",
    "examples": "So many examples as were asked for are done.",
}


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area under the ROC curve in words."""

    label: str
    count: int
    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class Tried:
    """An example that was asked about to try the judge out."""

    example: Example
    title: str
    outcome: str
    score: str
    words: str


def judge_context(
    access: Access,
    *,
    refusal: str = "",
    form: JudgeForm | None = None,
    rubric_form: RubricForm | None = None,
) -> dict[str, Any]:
    """Return everything the page shows."""
    server, rubrics = judge_server(), list(rubrics_of(access.project))
    rubric, job = next(iter(rubrics), None), _newest(access)
    ready = server is not None and rubric is not None
    context: dict[str, Any] = {
        "server": server,
        "rubric": rubric,
        "earlier": rubrics[1:],
        "rubric_form": rubric_form or RubricForm(initial={"text": rubric.text if rubric else RUBRIC}),
        "job": job if job and job.state != Job.State.DONE else None,
        "budget": job.payload["tokens"] if job and not job.is_over else None,
        "refusal": refusal,
        "tried_count": TRIED,
    }
    if not ready:
        return context
    return context | {
        "form": form or asking_form(access),
        "run": _run(job),
        "tried": _tried(access, job),
        **_figures(figures_of(access.project)),
    }


def asking_form(access: Access, data: Any = None) -> JudgeForm:
    """Return the form that starts the job, each set with about how much is left in it."""
    datasets = list(Dataset.objects.filter(project=access.project).order_by("name"))
    server, rubric = judge_server(), rubrics_of(access.project).first()
    choices = _choices(access, datasets, server, rubric) if server and rubric else []
    return JudgeForm(data, choices=choices, datasets=datasets, initial={"count": None})


def _choices(
    access: Access, datasets: list[Dataset], server: Server, rubric: JudgeRubric
) -> list[tuple[str, str]]:
    scorer = judge_scorer(rubric.text, server.model)
    due = due_by_dataset(access.project, rubric.text, scorer)
    labelled = labelled_due(access.project, (rubric.text, server.model), scorer)
    whole = sum(due.values(), Due(0, 0))
    each = whole.tokens / whole.count if whole.count else 0
    return [
        (LABELLED, f"Labelled texts: {_said(labelled)}"),
        (RANDOM, f"Random ones: ~{_about(each * MANY)} tokens for {MANY}"),
        *((f"{OF_DATASET}{dataset.slug}", f"{dataset}: {_said(_of(due, dataset))}") for dataset in datasets),
        (ALL, f"All examples: {_said(whole)}"),
    ]


def _of(due: Mapping[int, Due], dataset: Dataset) -> Due:
    return due.get(dataset.pk, Due(0, 0))


def _said(due: Due) -> str:
    return f"{due.count:,} left, ~{_about(due.tokens)} tokens" if due.count else "none left"


def _about(tokens: float) -> str:
    """Write a number with its first two figures: more is not known of it."""
    return f"{round(tokens, 2 - len(str(round(tokens)))):,.0f}"


def _newest(access: Access) -> Job | None:
    return Job.objects.about(judging.KIND, judging.subject_of(access.project)).first()


def _run(job: Job | None) -> dict[str, Any] | None:
    """Return what came of the newest job that is done."""
    if job is None or job.state != Job.State.DONE:
        return None
    return {**job.result, "label": job.label, "at": job.finished_at, "ended": ENDED[job.result["ended"]]}


def _tried(access: Access, job: Job | None) -> list[Tried]:
    """Return what was said of the examples of a try-out that is done, with what reviewers say of them."""
    if job is None or job.state != Job.State.DONE or job.payload["which"] != TRY:
        return []
    ids = job.parts.get().payload["ids"]
    examples = Example.objects.filter(pk__in=ids, dataset__project=access.project).select_related(
        "dataset__project", "measurement"
    )
    return [_tried_row(example) for example in with_outcome(examples).order_by("pk")]


def _tried_row(example: Example) -> Tried:
    measured = example.measurement
    details = (measured.details or {}).get("judge", {})
    outcome = example.outcome  # type: ignore[attr-defined]
    return Tried(
        example,
        titled(example.conversation),
        "" if outcome == UNREVIEWED else outcome,
        "" if measured.judge is None else f"{measured.judge:g}",
        details.get("unknown") or details.get("reason", ""),
    )


def _figures(found: JudgeFigures) -> dict[str, Any]:
    rows = [("Judge", found.judge), ("Length of the answer alone", found.length)]
    if found.classifier.count:
        rows.append(("Classifier, out of fold", found.classifier))
        if found.classifier.count < found.count:
            rows.append(("Judge, where the classifier has a score", found.judge_there))
    return {"figures": found, "areas": [_area(*row) for row in rows]}


def _area(label: str, area: Area) -> AreaRow:
    value = "not measured" if area.value is None or area.interval is None else f"{area.value:.2f}"
    return AreaRow(label, area.count, value, _interval(area.interval))


def _interval(found: Interval | None) -> str:
    return "too few" if found is None else f"{found.low:.2f} to {found.high:.2f}"
