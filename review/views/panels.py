"""What stands beside one example: what the scorers found in it, what the limits say, and why."""

from typing import Any

from annotate.access import Access
from annotate.models import Example
from review.limits import Limit, bounds_words
from review.models import Measurement
from review.queries.classifiers import explanation_of, unseen_score
from review.queries.disclosure import findings_are_open
from review.queries.policies import policy_of
from review.queries.reasons import measurement_of
from review.scorers import JUDGED
from review.views.reasons import DROP, KEEP, NEITHER, Action, Judged, judged


def panel_context(access: Access, example: Example) -> dict[str, Any]:
    """Return what the page of one example shows of its screening; nothing to a reviewer who is to decide it now."""
    if not findings_are_open(access, example):
        return {"example": example, "waits": True}
    _, policy = policy_of(access.project)
    (found,) = judged([example], policy)
    limits = [limit for limit in policy.limits if limit.bounds()]
    measurement = measurement_of(example)
    return {
        "example": example,
        "judged": found,
        "measured": measurement is not None,
        "checks": [_check(limit, found) for limit in limits],
        "quality": explanation_of(access.project, example),
        "unseen": unseen_score(access.project, example),
        "judge": _judge(measurement),
        "actions": _actions_on(found),
        "may_rule": access.manages and bool(found.values) and example.state == Example.State.SUBMITTED,
        "back": example.get_absolute_url(),
    }


def _check(limit: Limit, found: Judged) -> dict[str, Any]:
    """Return one limit as the example's panel shows it; `state` is ok, no, hm or unknown."""
    value = found.values.get(limit.field)
    out = {line.label: line for line in (*found.reasons, *found.flags)}.get(limit.label)
    if not isinstance(value, int | float):
        return {"limit": limit, "state": "unknown", "value": "not measured", "line": out}
    words = "none" if limit.unit and not value else limit.counted(value)
    state = "ok" if not limit.reason(value) else "no" if limit.drops else "hm"
    return {"limit": limit, "state": state, "value": words, "asked": bounds_words(limit), "line": out}


def _judge(measurement: Measurement | None) -> dict[str, Any] | None:
    """Return what the judge said of the text, with its score in words; None where it was not asked."""
    said = ((measurement.details if measurement else None) or {}).get(JUDGED[0])
    if not measurement or not said:
        return None
    return {**said, "score": "" if measurement.judge is None else f"{measurement.judge:g}"}


def _actions_on(found: Judged) -> list[Action]:
    ways = {"kept": [KEEP, DROP] if found.flags else [DROP], "dropped": [KEEP], "unmeasured": [KEEP, DROP]}
    if not found.ruling:
        return ways[found.verdict.state]
    return [NEITHER, DROP if found.verdict.kept else KEEP]
