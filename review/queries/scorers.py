"""Which scorers, with which options, a project's measurements should be by."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import F, Q

from annotate.models import Project
from review.models import ClassifierVersion, EvaluationSet, ScorerVersion, Tokenizer
from review.policies import Policy
from review.scorers import GROUPING, LEARNT, SCORERS, identities
from review.scorers.base import EvaluationItem, Resources
from review.scorers.toxicity import REMOTE_PROVIDERS, Toxicity

Options = Mapping[str, Mapping[str, Any]]

NO_SUCH_ID = 0


def options_of(project: Project, policy: Policy) -> Options:
    """Return what a project's scorers are told: the policy's options, which evaluation sets there are, and which
    classifier is active.
    """
    sets = EvaluationSet.objects.filter(project=project, removed_at=None)
    digests = sorted(sets.values_list("sha256", flat=True))
    active = ClassifierVersion.objects.active().filter(project=project).values_list("digest", flat=True)
    return {
        **policy.options,
        "contamination": {**policy.options.get("contamination", {}), "sets": digests},
        LEARNT[0]: {"classifier": active.first() or ""},
    }


def resources_of(project: Project, options: Options) -> Resources:
    """Load what the project's scorers read beside the texts."""
    digests = options.get("contamination", {}).get("sets", [])
    items: dict[str, list[EvaluationItem]] = {digest: [] for digest in digests}
    for evaluation_set in EvaluationSet.objects.filter(project=project, sha256__in=digests):
        rows = evaluation_set.items.order_by("number").values_list("number", "text")
        items[evaluation_set.sha256] = [EvaluationItem(evaluation_set.name, *row) for row in rows]
    chosen = options.get("length", {}).get("tokenizer", "")
    tokenizers = Tokenizer.objects.filter(project=project, sha256=chosen)
    return Resources({tokenizer.sha256: bytes(tokenizer.content) for tokenizer in tokenizers}, items)


def scorer_ids(options: Options, slugs: Collection[str] | None = None) -> dict[str, int]:
    """Return the ids of the ScorerVersions that these options ask for, by slug: all, or those of some scorers.

    One that has never measured anything has no row yet: 0 stands for it, which no measurement names.
    """
    asked = {slug: found.digest for slug, found in identities(options).items()}
    known = dict(ScorerVersion.objects.filter(digest__in=asked.values()).values_list("digest", "pk"))
    return {
        slug: known.get(digest, NO_SUCH_ID)
        for slug, digest in asked.items()
        if slugs is None or slug in slugs
    }


def measuring(options: Options) -> list[str]:
    """Return the slugs of the scorers that measure an example from its text alone, in this process.

    Toxicity is not among them where another server judges it: that is a job of its own.
    """
    elsewhere = options.get(Toxicity.slug, {}).get("provider") in REMOTE_PROVIDERS
    return [scorer.slug for scorer in SCORERS if scorer.slug != Toxicity.slug or not elsewhere]


def needs_measuring(options: Options) -> Q:
    """Say whether an example has no measurement of its current revision by every scorer of `measuring`."""
    ids = list(scorer_ids(options, measuring(options)).values())
    return ~Q(measurement__revision__gte=F("revision"), measurement__scorers__contains=ids)


def needs_grouping(options: Options) -> Q:
    """Say whether a measured example has not been compared with the others since."""
    ids = list(scorer_ids(options, [GROUPING[0]]).values())
    return Q(measurement__revision=F("revision")) & ~Q(measurement__scorers__contains=ids)
