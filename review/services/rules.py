"""Changing how a project is reviewed."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Project
from review.models import GoldExample, ReviewRules
from review.queries.rules import Rules, rules_read

CHANGEABLE = (
    "rate", "minimum", "written_rate", "overlap", "gold_rate", "gold_window", "gold_accuracy", "qualification",
    "findings_first", "fix_second_look", "tolerated", "confidence", "alpha_wanted", "target", "reasons",
)  # fmt: skip
REASONS_MOST = 40
LABEL_LENGTH = 60
GOLD_MOST = 0.5


class RulesRefused(Exception):
    """Values that cannot be saved; `errors` says for each what to mend."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class RulesChanged(Exception):
    """Somebody else saved the rules since they were shown; carries them as they are now."""

    def __init__(self, current: Rules) -> None:
        super().__init__("the rules were changed meanwhile")
        self.current = current


@transaction.atomic
def rules_save(*, project: Project, by: User, based_on: datetime | None = None, **values: Any) -> ReviewRules:
    """Change the named rules of a project and leave the others; return all of them.

    `reasons` is the whole list in its order; what it leaves out of those stored is retired, because labels name
    it, and one without a slug gets one from its words. `based_on` is the `changed_at` that was shown: raises
    RulesChanged when it is no longer so. Raises RulesRefused with what to mend.
    """
    # Of two who save at once the second waits for the project's row, whether or not rules are stored.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    stored = ReviewRules.objects.filter(project=project).first() or ReviewRules(project=project)
    if based_on is not None and stored.pk and stored.changed_at != based_on:
        raise RulesChanged(rules_read(project))
    if unknown := sorted(values.keys() - set(CHANGEABLE)):
        raise TypeError(f"{unknown[0]} is no rule")
    errors: dict[str, str] = {}
    if "reasons" in values:
        values["reasons"], problem = reasons_merged(stored.reasons, values["reasons"])
        errors |= {"reasons": problem} if problem else {}
    for name, value in values.items():
        setattr(stored, name, value)
    errors |= _problems(stored, values)
    if errors:
        raise RulesRefused(errors)
    stored.by, stored.changed_at = by, timezone.now()
    stored.save()
    return stored


def reasons_merged(
    stored: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], str]:
    """Return a list of reasons with those of before that it leaves out, retired; and what is wrong with it, or ""."""
    taken = {str(reason["slug"]) for reason in stored}
    merged: list[dict[str, Any]] = []
    for reason in given:
        label = " ".join(str(reason.get("label", "")).split())
        slug = str(reason.get("slug") or "")
        if slug and slug not in taken:
            return [], f"“{slug}” is no reason of this project."
        slug = slug or _new_slug(label, taken)
        taken.add(slug)
        flags = {name: True for name in ("note", "retired") if reason.get(name)}
        merged.append({"slug": slug, "label": label, **flags})
    named = {reason["slug"] for reason in merged}
    left = [{**reason, "retired": True} for reason in stored if reason["slug"] not in named]
    return [*merged, *left], _wrong(merged)


def _wrong(reasons: Sequence[Mapping[str, Any]]) -> str:
    offered = [reason for reason in reasons if not reason.get("retired")]
    twice = [slug for slug, count in Counter(reason["slug"] for reason in reasons).items() if count > 1]
    same = [
        words for words, count in Counter(str(r["label"]).casefold() for r in offered).items() if count > 1
    ]
    if not offered:
        return "Keep at least one reason: a bad label says why."
    if len(offered) > REASONS_MOST:
        return f"These are {len(offered)} reasons; {REASONS_MOST} are the most."
    if any(not reason["label"] for reason in offered):
        return "Each reason needs words."
    if any(len(reason["label"]) > LABEL_LENGTH for reason in offered):
        return f"A reason has at most {LABEL_LENGTH} characters."
    if twice or same:
        return f"“{(same or twice)[0]}” is there twice."
    return ""


def _new_slug(label: str, taken: set[str]) -> str:
    """Return a slug from words, at most 40 characters; numbered where it is taken, as by a retired reason."""
    base = "_".join(re.findall(r"[a-z0-9]+", label.lower()))[:36].strip("_") or "reason"
    numbers = (f"{base}_{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbers) if slug not in taken)


def _problems(rules: ReviewRules, values: Mapping[str, Any]) -> dict[str, str]:
    errors = {
        name: "A number is expected."
        for name, value in values.items()
        if isinstance(value, float) and not math.isfinite(value)
    }
    try:
        rules.clean_fields(exclude={"project", "by", "reasons", *errors})
    except ValidationError as error:
        errors |= {name: " ".join(messages) for name, messages in error.message_dict.items()}
    if "gold_rate" not in errors and rules.gold_rate > GOLD_MOST:
        errors["gold_rate"] = "At most every second example can be a gold one: the rest is the work."
    wanted = values.get("qualification")
    if wanted and "qualification" not in errors:
        marked = GoldExample.objects.filter(project=rules.project_id, retired_at=None).count()
        if wanted > marked:
            errors["qualification"] = (
                f"{marked:,} gold examples are in use: mark {wanted - marked:,} more first, or nobody could qualify."
            )
    return errors
