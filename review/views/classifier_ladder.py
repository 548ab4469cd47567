"""How far a project's labels go, those of people and imported ones, as the classifier's page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annotate.access import Access
from review.classifier_forms import ImportedLabelsForm
from review.models import ClassifierRules, ClassifierVersion
from review.quality.ladder import (
    FROM_AVERAGED,
    FROM_WORDS,
    LEAST,
    LEAST_OF_A_CLASS,
    Step,
    next_needs,
    step_of,
)
from review.queries.classifiers import labels_since
from review.queries.imported_labels import RECORDS, keys_found
from review.queries.label_counts import labels_reached

STEPS = {
    Step.NONE: "From the first label",
    Step.FEATURES: f"{LEAST} labels, {LEAST_OF_A_CLASS} of each kind",
    Step.WORDS: f"{FROM_WORDS} labels",
    Step.AVERAGED: f"{FROM_AVERAGED} labels",
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder; `height` in 0..100."""

    label: str
    needs: str
    reached: bool
    current: bool
    height: int

    @property
    def is_model(self) -> bool:
        return self.label != Step.NONE.label

    @property
    def top(self) -> int:
        return 100 - self.height


def ladder_context(
    access: Access, versions: Sequence[ClassifierVersion], rules: ClassifierRules
) -> dict[str, Any]:
    """Return how far the labels go, and how many came since the newest version."""
    found = labels_reached(access.project, rules)
    reached, steps = step_of(found.good, found.bad), list(Step)
    place, newest = steps.index(reached), next(iter(versions), None)
    return {
        "good": found.people.good,
        "bad": found.people.bad,
        "imported": found.imported,
        "weight": f"{rules.imported_weight:g}",
        "reached": reached,
        "needs": next_needs(found.good, found.bad),
        "can_train": reached is not Step.NONE or not found.is_known,
        "rungs": [
            Rung(step.label, STEPS[step], at <= place, at == place, 25 * (at + 1))
            for at, step in enumerate(steps)
        ],
        "newest": newest,
        "since": labels_since(access.project, newest.made_at) if newest else 0,
        "same_rules": not (newest and rules.pk and rules.changed_at > newest.made_at),
    }


def imported_context(
    access: Access, rules: ClassifierRules, form: ImportedLabelsForm | None
) -> dict[str, Any]:
    """Return what is said of imported labels, for whoever may change that."""
    if not access.manages:
        return {}
    return {
        "imported_form": form or ImportedLabelsForm.of(rules),
        "imported_keys": [] if rules.imported_key else keys_found(access.project),
        "looked_at": RECORDS,
    }
