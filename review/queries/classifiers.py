"""The classifier of a project: which version is active, what it has still to score, and how far labels go."""

from datetime import datetime
from functools import lru_cache

from django.db.models import F, Q, QuerySet

from annotate.models import Dataset, Example, Project
from review.manifests import AppliedClassifier
from review.models import ClassifierVersion, Label, Queue
from review.models.classifiers import ClassifierVersionQuerySet
from review.policies import Policy
from review.quality.artefacts import Artefact, ArtefactError, loaded
from review.quality.classifier import Classifier
from review.quality.explanations import Explanation, explained
from review.queries.held_out import held_out_scores
from review.queries.judge_scores import judge_score, scorer_used
from review.queries.policies import policy_of
from review.queries.scorers import options_of, scorer_ids
from review.scorers import LEARNT

QUALITY = LEARNT[0]
HEAVY = ("artefact", "held_out", "card")
LOADED = 4  # classifiers that a worker keeps ready, some 10 MB each


def versions_of(project: Project) -> ClassifierVersionQuerySet:
    """Return a project's versions, the newest first, without what is large in them."""
    return ClassifierVersion.objects.filter(project=project).defer(*HEAVY)


def active_version(project: Project) -> ClassifierVersion | None:
    """Return the version by which a project's examples are scored."""
    return versions_of(project).active().first()


def scores_due(project: Project, scorer: int) -> QuerySet[Example]:
    """Return a project's measured examples whose text that ScorerVersion has not scored."""
    scored = Q(measurement__scorers__contains=[scorer])
    due = Example.objects.submitted().filter(dataset__project=project, measurement__revision=F("revision"))
    return due.exclude(scored)


def scores_are_due(project: Project, dataset: Dataset | None = None) -> bool:
    """Say whether the active classifier has an example still to score, of one dataset or all; never where none is."""
    _, policy = policy_of(project)
    found = scorer_ids(options_of(project, policy), [QUALITY])
    if QUALITY not in found:
        return False
    due = scores_due(project, found[QUALITY])
    return (due.filter(dataset=dataset) if dataset else due).exists()


def limits_by_score(policy: Policy) -> bool:
    """Say whether a policy decides by the classifier's score."""
    limit = policy.limit(QUALITY)
    return limit is not None and bool(limit.bounds())


@lru_cache(maxsize=LOADED)
def classifier_of(version: int) -> Classifier:
    """Return the classifier of a version, kept ready in this process: versions never change. Raises ArtefactError."""
    stored = ClassifierVersion.objects.only("artefact", "card").get(pk=version)
    return loaded(Artefact(bytes(stored.artefact), stored.card.encode()))


def applied_classifier(project: Project, policy: Policy) -> AppliedClassifier | None:
    """State which version scores a project's examples, and whether the policy decides by that."""
    version = active_version(project)
    if version is None:
        return None
    found, limit = version.evaluation, policy.limit(QUALITY)
    interval = found["auc_interval"] or {"low": None, "high": None}
    return AppliedClassifier(
        version=version.number,
        digest=version.digest,
        labels=version.good + version.bad,
        labels_digest=version.labels_digest,
        auc=found["auc"],
        auc_low=interval["low"],
        auc_high=interval["high"],
        length_auc=found["length_auc"],
        decides=limits_by_score(policy),
        minimum=limit.minimum if limit else None,
        sampled=found["count"],
        base_rate=found["base_rate"],
        brier=found["brier"],
        ece=found["ece"],
        imported=version.imported,
    )


def explanation_of(project: Project, example: Example) -> Explanation | None:
    """Say why the active classifier scores an example's text as it does.

    None where no version is active or can be used any more.
    """
    version = active_version(project)
    if version is None:
        return None
    try:
        judge = judge_score(example, scorer_used(version.pk))
        return explained(classifier_of(version.pk), example.conversation, judge=judge)
    except ArtefactError:
        return None


def unseen_score(project: Project, example: Example) -> float | None:
    """Return what stands as the score of a text that the active classifier learnt from: that of a fold without it."""
    version = active_version(project)
    return None if version is None else held_out_scores(version.pk).get((example.pk, example.revision))


def labels_since(project: Project, at: datetime | None) -> int:
    """Count what people said of texts since a moment, or ever; what was taken back counts like the rest."""
    said = Label.objects.filter(example__dataset__project=project).exclude(queue=Queue.GOLD)
    return (said.filter(at__gt=at) if at else said).exclude(verdict=Label.Verdict.UNDONE).count()
