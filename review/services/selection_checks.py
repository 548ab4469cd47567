"""Making a selection again as things stand now, to see whether it comes out the same, and why not."""

from collections.abc import Mapping
from dataclasses import dataclass

from review.models import Selection
from review.quality.spread import digest_of
from review.queries.policies import policy_of
from review.queries.selected import missing_of
from review.queries.selection_pools import pool_now
from review.services.moments import one_moment
from review.services.selection_making import chosen_of, topics_belonged, topics_found


@dataclass(frozen=True, slots=True)
class Again:
    """How a selection comes out now: digest, how many from how many, and how many of them it held before.

    `missing` counts by reason what it held and would not be released now as it was; `unscored` what would be released
    and has no score by its version of the classifier.
    """

    same: bool
    digest: str
    pool: int
    unscored: int
    chosen: int
    both: int
    missing: Mapping[str, int]


def selection_again(*, selection: Selection) -> Again:
    """Choose again by the same version, sizes and seed from what would be released now; nothing is stored."""
    with one_moment():
        pool = pool_now(selection)
        datasets = list(selection.datasets.order_by("pk"))
        missing = missing_of(selection, datasets, policy_of(selection.project)[1])
    topics, _ = topics_found(pool, selection.topics, selection.seed)
    chosen = chosen_of(selection, pool, topics_belonged(pool, topics))
    ids, before = pool.ids, selection.items.values_list("example__public_id", flat=True)
    again = [ids[row] for row in chosen.rows]
    digest = digest_of(again)
    both = len({*again} & {str(each) for each in before.iterator()})
    return Again(digest == selection.digest, digest, len(pool), pool.unscored, len(again), both, missing)
