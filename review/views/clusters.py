"""What the duplicates page shows: a cluster, its members beside the keeper, and what the limit makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from annotate.access import Access
from annotate.diff import TurnDiff, diff_conversations
from annotate.models import Example, Project
from review.folding import Stretch, folded_segments
from review.forms import ClusterForm
from review.limits import Limit, bounds_words
from review.models import ClusterMember, DuplicateCluster, Ruling
from review.policies import Policy
from review.queries.clusters import (
    Window,
    cluster_counts,
    cluster_window,
    is_looked_for,
    keeper_member,
    kept_by_hand,
    members_page,
)
from review.queries.policies import policy_of
from review.queries.reasons import rulings_on
from review.views.reasons import ruled

TITLES = {"exact": "Exact", "near": "Near", "semantic": "Similar in meaning"}
KINDS = {"exact": "exact duplicates", "near": "near duplicates", "semantic": "examples similar in meaning"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A member with its difference from the keeper, folded where it is long, and the ruling that counts on it."""

    member: ClusterMember
    changes: Sequence[tuple[TurnDiff, Sequence[Stretch]]]
    ruling: Ruling | None

    @property
    def example(self) -> Example:
        found: Example = self.member.example
        return found

    @property
    def is_stale(self) -> bool:
        return bool(self.member.revision != self.example.revision)

    @property
    def is_same(self) -> bool:
        return all(turn.kind == "same" for turn, _ in self.changes)


def cluster_url(cluster: DuplicateCluster, **place: object) -> str:
    """Return the address of one cluster."""
    page = reverse("review:duplicates", args=[cluster.project.slug])
    return f"{page}?{urlencode({'kind': cluster.kind, 'cluster': cluster.pk} | place)}"


def duplicates_context(access: Access, form: ClusterForm) -> dict[str, Any]:
    """Return what the page of duplicates shows."""
    counts = cluster_counts(access.project)
    kind = form.value("kind") or next((kind for kind in ("near", "exact") if counts[kind]), "near")
    _, policy = policy_of(access.project)
    found = cluster_window(access.project, kind, form.value("cluster"))
    context = {
        "kind": kind, "kind_name": KINDS[kind], "count": counts[kind], "window": found,
        "tabs": _tabs(access.project, counts, kind), "limit_words": _limit_words(policy, kind),
        "looked_for": bool(found) or is_looked_for(access.project, kind), "ruled": ruled(access, form),
    }  # fmt: skip
    return context | (_cluster(found, form.value("page") or 1) if found else {})


def _cluster(window: Window, number: int) -> dict[str, Any]:
    cluster = window.cluster
    page = members_page(cluster, number)
    rulings = rulings_on([member.example for member in page.rows] + [cluster.keeper])
    return {
        "cluster": cluster, "keeper": keeper_member(cluster), "keeper_ruling": rulings.get(cluster.keeper_id),
        "members": [_compared(cluster.keeper, member, rulings) for member in page.rows],
        "page": page, "kept": kept_by_hand(cluster),
        "previous_members": cluster_url(cluster, page=page.number - 1) if page.number > 1 else "",
        "next_members": cluster_url(cluster, page=page.number + 1) if page.number < page.pages else "",
        "first_members": cluster_url(cluster), "back": cluster_url(cluster),
        "nearby": [(one, cluster_url(one)) for one in (*window.before, cluster, *window.after)],
        "previous": cluster_url(window.previous) if window.previous else "",
        "next": cluster_url(window.next) if window.next else "",
    }  # fmt: skip


def _compared(keeper: Example, member: ClusterMember, rulings: dict[int, Ruling]) -> Compared:
    changes = diff_conversations(keeper.conversation, member.example.conversation)
    folded = [(turn, folded_segments(turn.segments)) for turn in changes]
    return Compared(member, folded, rulings.get(member.example_id))


def _tabs(project: Project, counts: dict[str, int], kind: str) -> list[dict[str, Any]]:
    page = reverse("review:duplicates", args=[project.slug])
    return [
        {
            "label": TITLES[one],
            "url": f"{page}?kind={one}",
            "current": one == kind,
            "count": f"{counts[one]:,}",
        }
        for one in ("near", "exact", "semantic")
    ]


def _limit_words(policy: Policy, kind: str) -> str:
    """Say what the project's limit does with such a cluster."""
    limit: Limit | None = policy.limit(kind)
    if limit is None or not limit.bounds():
        return "The limit on these is off: every one of them is kept."
    if not limit.drops:
        return "The limit flags all but one of a cluster and drops none."
    asked = f" a similarity of {bounds_words(limit)}" if limit.below else ""
    return f"The limit keeps one of a cluster and drops the others{f': it asks for{asked}' if asked else ''}."
