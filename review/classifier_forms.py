"""What a manager sends about the classifier: when it trains, what it picks, imported labels, the limit on its score."""

from decimal import Decimal
from typing import Any

from django import forms

from annotate.forms.plain import PlainForm
from review.models import ClassifierRules
from review.quality.strategies import FIRST_RANDOM, Strategy

MOST_TARGETED = 10_000
LEAST_IMPORTED = Decimal("0.05")
STRATEGIES = {
    Strategy.SPREAD: "Unsure, unlike each other",
    Strategy.UNSURE: "Unsure",
    Strategy.LOWEST: "Worst first",
}
DECIMALS = 3


class ClassifierRulesForm(PlainForm):
    """When a project trains by itself, and how examples are picked for the targeted queue; the share in percent."""

    every = forms.IntegerField(
        label="Train after so many new labels",
        min_value=0,
        max_value=100_000,
        help_text="Looked at every minute; 0 trains only when somebody asks for it.",
    )
    activates = forms.BooleanField(
        label="Activate a new version by itself",
        required=False,
        help_text="Only one that is surely better than length and no worse than the active one.",
    )
    targeted = forms.IntegerField(
        label="Examples in the targeted queue",
        min_value=0,
        max_value=MOST_TARGETED,
        help_text="Picked for reviewers beside the random sample; never part of an estimate. 0 picks none.",
    )
    uncertain = forms.DecimalField(
        label="Of them picked by score (%)",
        min_value=0,
        max_value=100,
        decimal_places=0,
        help_text=f"The others are random, and until {FIRST_RANDOM} random labels are there, all are.",
    )
    strategy = forms.ChoiceField(
        label="By score it picks",
        choices=[(strategy.value, words) for strategy, words in STRATEGIES.items()],
        help_text="Unsure ones, with scores nearest to one half, teach most; unlike each other, none teaches what "
        "another does. Worst first finds the most bad ones, and teaches less.",
    )

    @classmethod
    def of(cls, rules: ClassifierRules) -> "ClassifierRulesForm":
        """Return the form as it shows a project's rules."""
        shown = {name: getattr(rules, name) for name in ("every", "activates", "targeted", "strategy")}
        return cls(initial={**shown, "uncertain": round(100 * rules.uncertain)})

    def values(self) -> dict[str, Any]:
        """Return what was sent as the rules hold it."""
        return {**self.cleaned_data, "uncertain": float(self.cleaned_data["uncertain"]) / 100}


class ImportedLabelsForm(PlainForm):
    """Which key of imported records holds a label, none for off, with its two values and what such a label counts."""

    key = forms.CharField(
        label="Key of the imported records",
        max_length=80,
        required=False,
        help_text="Empty: people's labels alone are learnt from.",
    )
    good = forms.CharField(label="Its value for good", max_length=80)
    bad = forms.CharField(label="Its value for bad", max_length=80)
    weight = forms.DecimalField(
        label="What such a label counts",
        min_value=LEAST_IMPORTED,
        max_value=1,
        decimal_places=2,
        help_text="A reviewer's counts about 1.",
    )

    @classmethod
    def of(cls, rules: ClassifierRules) -> "ImportedLabelsForm":
        """Return the form as it shows a project's rules."""
        shown = {name: getattr(rules, f"imported_{name}") for name in ("key", "good", "bad")}
        return cls(initial={**shown, "weight": f"{rules.imported_weight:g}"})

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = self.cleaned_data
        good, bad = (sent.get(name, "").lower() for name in ("good", "bad"))
        if good and good == bad:
            self.add_error(
                "bad", "Good and bad have the same value: upper and lower case are not told apart."
            )
        return sent

    def values(self) -> dict[str, Any]:
        """Return what was sent as the rules hold it."""
        return {**self.cleaned_data, "weight": float(self.cleaned_data["weight"])}


class ScoreLimitForm(PlainForm):
    """The least score that is kept, or that there is no such limit any more."""

    minimum = forms.FloatField(
        min_value=0,
        max_value=1,
        required=False,
        error_messages={"invalid": "A limit is a number from 0 to 1."},
    )
    off = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = self.cleaned_data
        if not self.errors and not sent["off"] and sent["minimum"] is None:
            self.add_error("minimum", "Say what score is the least that is kept.")
        return sent

    def value(self) -> float | None:
        """Return the least score that is kept; None for no limit."""
        found = None if self.cleaned_data["off"] else self.cleaned_data["minimum"]
        return None if found is None else round(found, DECIMALS)
