"""What another policy would do, as the page shows it: both funnels side by side, and examples that change."""

from collections.abc import Iterator, Sequence
from typing import Any

from annotate.access import Access
from annotate.models import Dataset
from review.policies import Policy
from review.queries.funnels import Funnel, Step
from review.queries.previews import Change, preview
from review.queries.remeasuring import submitted_in
from review.services.policy_changes import told_anew
from review.verdicts import Reason
from review.views.policy_cards import again_words
from review.views.policy_words import differences

WAYS = {"lost": ("no longer kept", "bad"), "gained": ("newly kept", "good"), "flags": ("other flags", "warn")}


def preview_context(access: Access, scope: Sequence[Dataset], old: Policy, new: Policy) -> dict[str, Any]:
    """Return what changes from one policy to another over some datasets."""
    found = preview(scope, old, new)
    told = told_anew(old, new)
    again = submitted_in(access.project) if told else 0
    return {
        "found": found,
        "was_label": "Now",
        "will_label": "After",
        "differences": differences(old, new),
        "rows": list(beside(found.was, found.will)),
        "changes": [_shown(change) for change in found.changes],
        "measured_again": again,
        "again_words": again_words(access, told, again) if told else "",
    }


def beside(was: Funnel, will: Funnel) -> Iterator[dict[str, Any]]:
    """Yield each limit that is on in either funnel, with what it drops or flags in the one and in the other."""
    before = {step.slug: step for step in was.steps}
    after = {step.slug: step for step in will.steps}
    for slug in [*after, *(slug for slug in before if slug not in after)]:
        old, new = before.get(slug), after.get(slug)
        yield {
            "label": (new or before[slug]).label,
            "was": _counted(old),
            "will": _counted(new),
            "was_flags": bool(old and old.action == "flag"),
            "will_flags": bool(new and new.action == "flag"),
            "kept_was": old.kept_after if old else None,
            "kept_will": new.kept_after if new else None,
        }


def _counted(step: Step | None) -> int | None:
    if step is None:
        return None
    return step.outside if step.action == "flag" else step.dropped_here


def _shown(change: Change) -> dict[str, Any]:
    words, tone = WAYS[change.way]
    reasons = {
        "lost": change.will.reasons,
        "gained": change.was.reasons,
        "flags": _other_flags(change),
    }[change.way]
    return {"example": change.example, "words": words, "tone": tone, "reasons": reasons}


def _other_flags(change: Change) -> tuple[Reason, ...]:
    before, after = ({flag.slug for flag in one.flags} for one in (change.was, change.will))
    gone = (
        Reason(flag.slug, flag.label, "no longer flagged")
        for flag in change.was.flags
        if flag.slug not in after
    )
    return (*(flag for flag in change.will.flags if flag.slug not in before), *gone)
