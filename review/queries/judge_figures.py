"""What a project's judge is worth: its scores of the texts that the random sample brought to reviewers."""

from functools import lru_cache

import numpy as np

from annotate.models import Project
from review.models import ClassifierVersion, Label, RemoteScore
from review.quality.folds import components
from review.quality.judged import JudgedRows, JudgeFigures, judge_figures
from review.quality.text import exchange_of
from review.queries.classifiers import active_version
from review.queries.held_out import held_out_of
from review.queries.judge_scores import JudgeInUse, judge_in_use
from review.queries.training_set import texts_of, training_set

REMEMBERED = 32  # the bootstrap takes a second or two for some thousand labels


def figures_of(project: Project) -> JudgeFigures:
    """Measure the judge in use by the labels of the random sample, those of texts that were edited since among them.

    What reviewers said first counts: a second look knows what a model thinks of the text. Remembered in this process
    until there is another label, score, rubric or version.
    """
    newest = (
        model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for model in (Label, RemoteScore)
    )
    version = active_version(project)
    return _measured(project.pk, judge_in_use(project), version.pk if version else 0, *newest)


@lru_cache(maxsize=REMEMBERED)
def _measured(project: int, judge: JudgeInUse, version: int, label: int, score: int) -> JudgeFigures:
    rows = (
        [row for row in training_set(Project.objects.get(pk=project)) if row.random] if judge.scorer else []
    )
    said: list[float | None] = []
    words: list[int] = []
    for part in texts_of(rows):
        said += judge.said_of(part)
        words += [len(exchange_of(text).answer.split()) for text in part]
    predicted = _predicted(version)
    whole = JudgedRows(
        np.array([np.nan if each is None else each for each in said], np.float64),
        np.array([row.measured for row in rows], np.bool_),
        np.array(words, np.float64),
        components([row.groups for row in rows]),
        np.array([predicted.get((row.example, row.revision), np.nan) for row in rows], np.float64),
    )
    return judge_figures(whole.take(np.isfinite(whole.score)))


def _predicted(version: int) -> dict[tuple[int, int], float]:
    """Return what a version (its id) predicts of labelled texts by models that were not fitted to them."""
    stored = ClassifierVersion.objects.only("held_out").filter(pk=version).first()
    if stored is None or not stored.held_out:
        return {}
    held = held_out_of(stored)
    pairs = zip(held.example.tolist(), held.revision.tolist(), strict=True)
    return dict(zip(pairs, held.probability.tolist(), strict=True))
