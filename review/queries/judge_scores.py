"""What the judge's scores are to the classifier: which of them a training reads, and which a version goes by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annotate.models import Example, Project
from annotate.records import Conversation
from review.models import ClassifierVersion, Measurement
from review.quality.matrices import Texts
from review.quality.training import Training
from review.queries.judging import judge_scorer, judge_server, judgements_of, rubrics_of
from review.queries.scorers import NO_SUCH_ID


@dataclass(frozen=True, slots=True)
class JudgeInUse:
    """The judge by whose scores a project's classifier may learn: its newest rubric with the site's model.

    `scorer` is their ScorerVersion, 0 where they have never judged; then there is nothing to learn from.
    """

    number: int = 0
    rubric: str = ""
    model: str = ""
    scorer: int = NO_SUCH_ID

    def said_of(self, texts: Sequence[Conversation]) -> list[float | None]:
        """Return the scores that are kept of texts, whichever revision of an example they are."""
        if not self.scorer:
            return [None] * len(texts)
        return judgements_of((self.rubric, self.model), iter([list(texts)]))

    def learnt(self, texts: Texts, trained: Training) -> dict[str, Any]:
        """State whether a training goes by them, of how many texts it knew one, and whose they are."""
        return {
            "used": trained.classifier.neutral is not None,
            "scored": texts.judged,
            "of": len(texts),
            "rubric": self.number,
            "model": self.model,
            "scorer": self.scorer,
        }


def judge_in_use(project: Project) -> JudgeInUse:
    """Return the judge by whose scores a training started now would learn."""
    server, rubric = judge_server(), rubrics_of(project).first()
    if server is None or rubric is None:
        return JudgeInUse()
    return JudgeInUse(rubric.number, rubric.text, server.model, judge_scorer(rubric.text, server.model))


def scorer_used(version: int) -> int:
    """Return the ScorerVersion of the judge by which a version (its id) goes; 0 where it goes by none."""
    found = (
        ClassifierVersion.objects.filter(pk=version).values_list("evaluation__judge", flat=True).first() or {}
    )
    return found["scorer"] if found.get("used") else NO_SUCH_ID


def judge_scores(scorer: int, examples: Sequence[int]) -> dict[int, float]:
    """Return by example what that ScorerVersion said of it, and hold it until the transaction ends.

    So that nothing is judged between the reading of a score and the writing of what was made of it.
    """
    if not scorer:
        return {}
    held = Measurement.objects.select_for_update(no_key=True).order_by("pk")
    rows = held.filter(pk__in=examples, scorers__contains=[scorer])
    return {pk: score for pk, score in rows.values_list("pk", "judge") if score is not None}


def judge_score(example: Example, scorer: int) -> float | None:
    """Return what that ScorerVersion says of an example's current text; None where it says nothing."""
    if not scorer:
        return None
    rows = Measurement.objects.filter(pk=example.pk, revision=example.revision, scorers__contains=[scorer])
    return rows.values_list("judge", flat=True).first()
