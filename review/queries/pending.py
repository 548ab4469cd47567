"""Whether a dataset is measured as far as its policy asks: a sample drawn before would be one of a part."""

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from annotate.models import Dataset, Example
from review.queries.classifiers import QUALITY, scores_are_due
from review.queries.policies import policy_of
from review.queries.remote import TOXICITY, embedding_model, meaning_limit, remote_is_pending
from review.queries.scorers import needs_grouping, needs_measuring, options_of
from review.queries.vectors import vectors_exist

# Compared by the limit that holds now, or never to be compared as no model takes it.
COMPARED = """EXISTS (
    SELECT FROM review_embedding embedding WHERE embedding.example_id = annotate_example.id
      AND embedding.revision >= annotate_example.revision AND embedding.model = %s
      AND (embedding.compared = %s OR embedding.vector IS NULL)
)"""


def is_pending(dataset: Dataset) -> bool:
    """Say whether a scorer, the search for duplicates, the classifier or another server is behind with a dataset."""
    _, policy = policy_of(dataset.project)
    options = options_of(dataset.project, policy)
    behind = needs_measuring(options) | needs_grouping(options)
    return Example.objects.submitted().filter(behind, dataset=dataset).exists() or others_are_behind(dataset)


def others_are_behind(dataset: Dataset) -> bool:
    """Say whether an example waits for another server's judgement, the classifier's score or a comparison in meaning.

    Only where the policy does more with an unknown value than to keep the example.
    """
    _, policy = policy_of(dataset.project)
    judging = {limit.slug: limit for limit in policy.limits if limit.bounds() and limit.unknown != "keep"}
    return (
        (TOXICITY in judging and remote_is_pending(dataset))
        or (QUALITY in judging and scores_are_due(dataset.project, dataset))
        or ("semantic" in judging and _is_not_compared(dataset, meaning_limit(policy)))
    )


def _is_not_compared(dataset: Dataset, floor: float | None) -> bool:
    mine = Example.objects.submitted().filter(dataset=dataset)
    if vectors_exist():
        compared = RawSQL(COMPARED, [embedding_model(), floor], output_field=BooleanField())  # noqa: S611  ours
        mine = mine.alias(compared=compared).filter(compared=False)
    return mine.exists()
