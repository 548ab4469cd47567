"""What a manager sends to change how a project is reviewed: the rules, and the list of reasons in its order."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

from annotate.forms.plain import PlainForm
from review.estimates.words import plain_percent
from review.queries.rules import Rules
from review.services.rules import LABEL_LENGTH

BLANK = 3  # rows for new reasons
# Rules that were shown before any were stored: whatever is stored by now came in between.
NEVER = datetime.min.replace(tzinfo=UTC)
SHARES = ("rate", "written_rate", "overlap", "gold_rate", "gold_accuracy", "tolerated", "confidence")


def share(label: str, help_text: str, low: float = 0, high: float = 100) -> forms.DecimalField:
    """Return a field for a share in percent."""
    return forms.DecimalField(
        label=f"{label} (%)", help_text=help_text, min_value=low, max_value=high, decimal_places=4
    )


def count(label: str, help_text: str, low: int, high: int = 1_000_000) -> forms.IntegerField:
    """Return a field for a whole number."""
    return forms.IntegerField(label=label, help_text=help_text, min_value=low, max_value=high)


class RulesForm(PlainForm):
    """The rules of a project but for its reasons; shares are sent in percent."""

    rate = share(
        "Sample of an import",
        "How much of what the limits keep is reviewed. For imports screened from now on: a sample already drawn "
        "stays, and its report can draw more.",
    )
    minimum = count(
        "At least so many of an import",
        "Small imports are reviewed to this number, or whole. For imports screened from now on.",
        1,
    )
    written_rate = share(
        "Sample of what people write here",
        "How much of what is submitted is reviewed; 100 is everything. For datasets whose first text is yet to be "
        "sampled: a rate that drew before stays.",
    )
    overlap = share(
        "Labelled by two",
        "So many sampled examples get a second, blind label, and agreement is measured on them. For examples that "
        "join a sample from now on.",
    )
    gold_rate = share(
        "Gold examples mixed in",
        "How often a reviewer is asked a gold example unseen, after a decision. From the next decision on.",
        high=50,
    )
    gold_window = count(
        "Gold answers looked at",
        "The score of a reviewer is of so many last answers to gold examples. From the next answer on.",
        5,
        10_000,
    )
    gold_accuracy = share(
        "Right answers wanted",
        "Below this share of them a reviewer is paused, until a manager resumes them. From the next answer on.",
    )
    qualification = count(
        "Gold examples to qualify",
        "A reviewer answers so many before the first real example; 0 asks for none. At once, for everybody who has "
        "not qualified yet.",
        0,
        10_000,
    )
    findings_first = forms.BooleanField(
        label="Show what the filters say before the decision",
        required=False,
        help_text="Labels are then no longer independent of the filters. From the next example on.",
    )
    fix_second_look = forms.BooleanField(
        label="Somebody else looks at what a reviewer has fixed",
        required=False,
        help_text="Without it a fixed text counts as good. For fixes made from now on.",
    )
    tolerated = share(
        "Tolerated share of bad examples",
        "The recommendation to accept or reject a dataset is made against it. At once, in every report.",
    )
    confidence = share(
        "Confidence",
        "How sure a recommendation has to be. At once, in every report.",
        50,
        99.9,
    )
    alpha_wanted = forms.DecimalField(
        label="Agreement wanted (alpha)",
        min_value=0,
        max_value=1,
        decimal_places=3,
        help_text="Of reviewers with each other: 1 is perfect, 0 is chance; conclusions are tentative from 0.667 and "
        "reliable from 0.8. At once, on the pages of reviewers and of readiness.",
    )
    target = count(
        "Approved examples wanted",
        "What the project works towards. At once, on the dashboard.",
        1,
        100_000_000,
    )
    based_on = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, rules: Rules) -> "RulesForm":
        """Return the form as it shows a project's rules."""
        return cls(initial=shown(rules))

    def clean_based_on(self) -> datetime:
        """Return when the rules that were shown had been saved; NEVER where none were or nobody can tell."""
        try:
            found = parse_datetime(self.cleaned_data["based_on"])
        except ValueError:
            found = None
        return found if found and found.tzinfo else NEVER

    def values(self) -> dict[str, Any]:
        """Return what was sent as it is stored: shares between 0 and 1."""
        sent = {name: value for name, value in self.cleaned_data.items() if name != "based_on"}
        shares = {name: float(sent[name] / 100) for name in SHARES}
        return {**sent, **shares, "alpha_wanted": float(sent["alpha_wanted"])}


class ReasonForm(forms.Form):
    """One reason of the list; `slug` is empty for a new one."""

    slug = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    label = forms.CharField(required=False, max_length=LABEL_LENGTH)
    note = forms.BooleanField(required=False)
    retired = forms.BooleanField(required=False)


class BaseReasons(forms.BaseFormSet[ReasonForm]):
    """The reasons in the order of their numbers; rows for new ones stay out while they are empty."""

    def values(self) -> list[dict[str, Any]]:
        """Return the list as it is stored."""
        return [
            {name: form.cleaned_data.get(name) for name in ("slug", "label", "note", "retired")}
            for form in self.ordered_forms
        ]


ReasonForms: Any = forms.formset_factory(ReasonForm, formset=BaseReasons, extra=BLANK, can_order=True)


def reasons_of(rules: Rules) -> BaseReasons:
    """Return the list of reasons as a page shows it, those that are no longer offered last."""
    ordered = sorted(rules.reasons, key=lambda reason: reason.retired)
    found: BaseReasons = ReasonForms(
        prefix="reason",
        initial=[
            {"slug": one.slug, "label": one.label, "note": one.note, "retired": one.retired}
            for one in ordered
        ],
    )
    return found


def reasons_sent(data: Mapping[str, Any]) -> BaseReasons:
    """Return the list of reasons as it was sent."""
    found: BaseReasons = ReasonForms(data, prefix="reason")
    return found


def shown(rules: Rules) -> dict[str, Any]:
    """Return a project's rules as people read and write them."""
    stored = rules.stored
    names = [name for name in RulesForm.base_fields if name not in (*SHARES, "based_on")]
    return {
        **{name: getattr(stored, name) for name in names},
        **{name: plain_percent(getattr(stored, name)) for name in SHARES},
        "based_on": stored.changed_at.isoformat() if stored.pk else "",
    }


def differing(form: RulesForm, rules: Rules, names: Iterable[str]) -> list[tuple[str, Any, Any]]:
    """Return label, stored value and sent value of each rule that was sent otherwise than it is stored."""
    now, sent = rules.stored, form.values()
    written = shown(rules)
    return [
        (str(form.fields[name].label), written[name], form.cleaned_data[name])
        for name in names
        if sent[name] != getattr(now, name)
    ]
