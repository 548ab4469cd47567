"""What people send to a sample's report: how many more, what is tolerated, and which examples to list."""

from typing import Any

from django import forms

from annotate.forms.plain import PlainForm
from review.estimates.words import plain_percent
from review.forms import AddressForm, row_id
from review.models import ReviewRules


class DrawForm(PlainForm):
    """How many more examples a sample is to have."""

    more = forms.IntegerField(label="How many more", min_value=1, max_value=1_000_000)


class ToleranceForm(PlainForm):
    """What share of bad examples is tolerated, and how sure a recommendation has to be; both in percent."""

    tolerated = forms.DecimalField(
        label="At most so many bad (%)", min_value=0, max_value=100, decimal_places=4
    )
    confidence = forms.DecimalField(label="Confidence (%)", min_value=50, max_value=99.9, decimal_places=4)

    @classmethod
    def of(cls, rules: ReviewRules) -> "ToleranceForm":
        """Return the form as it shows a project's rules."""
        return cls(
            initial={name: plain_percent(getattr(rules, name)) for name in ("tolerated", "confidence")}
        )

    def shares(self) -> dict[str, float]:
        """Return what was sent as shares between 0 and 1."""
        return {name: float(value / 100) for name, value in self.cleaned_data.items()}


class SampledForm(AddressForm):
    """Which of a sample's examples: by outcome, reason, slice ("language:en") and reviewer; and from where on."""

    outcome = forms.CharField(required=False, max_length=10)
    reason = forms.CharField(required=False, max_length=40)
    slice = forms.CharField(required=False, max_length=100, strip=False)
    reviewer = row_id()
    after = row_id()
    before = row_id()

    def asked(self) -> dict[str, Any]:
        """Return what was asked for, without where it goes on from."""
        return {
            name: found for name in ("outcome", "reason", "slice", "reviewer") if (found := self.value(name))
        }
