"""A policy as people send it: a form for each limit, one for each scorer's options, and what goes with a save."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from django import forms

from annotate.models import Dataset, Project
from review.limits import LIMITS, Limit
from review.models import PolicyVersion, Tokenizer
from review.policies import Policy
from review.queries.remote import site
from review.remote.providers import NEEDED
from review.rulers import ENDS, kind_of
from review.scorers import GROUPING, SCORERS
from review.scorers.base import Option, Resources
from review.scorers.toxicity import REMOTE_PROVIDERS, Toxicity
from review.tokenizers import BUILT_IN

NOTE_LENGTH = PolicyVersion._meta.get_field("note").max_length
ACTIONS = (("drop", "is dropped"), ("flag", "is kept and flagged"))
UNKNOWN = (
    ("hold", "is held back"),
    ("keep", "counts as inside"),
    ("drop", "counts as outside"),
)
# Where a limit that was never on starts when it is switched on; of those that start with a least value no other bound
# is asked for.
SUGGESTED = {"semantic": ("maximum", 0.95), "quality": ("minimum", 0.5), "judge": ("minimum", 3)}
LONGEST_TEXT = 200


class LimitForm(forms.Form):
    """One limit: on or off, its bounds, what becomes of an example outside, what an unknown value means."""

    on = forms.BooleanField(required=False)
    minimum = forms.FloatField(required=False, min_value=0)
    maximum = forms.FloatField(required=False, min_value=0)
    action = forms.ChoiceField(choices=ACTIONS, label="What lies outside")
    unknown = forms.ChoiceField(choices=UNKNOWN, label="What is not measured")

    def __init__(self, limit: Limit, data: Any = None) -> None:
        self.limit = limit
        known = next(each for each in LIMITS if each.slug == limit.slug)
        shown = limit if limit.bounds() else known
        bounds = {"minimum": shown.minimum, "maximum": shown.maximum}
        suggested, value = SUGGESTED.get(limit.slug, ("maximum", None))
        if bounds == {"minimum": None, "maximum": None}:
            bounds[suggested] = value
        initial = {"on": bool(limit.bounds()), **bounds, "action": limit.action, "unknown": limit.unknown}
        super().__init__(data, prefix=limit.slug, initial=initial)
        self.fields["on"].label = f"{limit.label} is on"
        asked = {name for held in (known, limit) for name in bounds if getattr(held, name) is not None}
        self._name_bounds({*asked, suggested})

    def _name_bounds(self, asked: set[str]) -> None:
        unit = f"{self.limit.unit}s" if self.limit.unit else ""
        most = "Less than" if self.limit.below else "At most"
        self.fields["minimum"].label = f"At least, {unit}" if unit else "At least"
        self.fields["maximum"].label = f"{most}, {unit}" if unit else most
        ends = ENDS.get(kind_of(self.limit.field))
        for name in ("minimum", "maximum"):
            self.fields[name].widget.attrs |= {"step": "any" if ends else "1", "data-bound": name}
            if ends:
                self.fields[name].widget.attrs |= {"min": ends[0], "max": ends[1]}
            if name not in asked:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        low, high = cleaned.get("minimum"), cleaned.get("maximum")
        if cleaned.get("on") and low is None and high is None and not self.errors:
            last = "maximum" if "maximum" in self.fields else "minimum"
            self.add_error(last, "Give a bound, or switch the limit off.")
        if low is not None and high is not None and low > high:
            self.add_error("minimum", "The lower bound is over the upper one.")
        ends = ENDS.get(kind_of(self.limit.field))
        for name, bound in (("minimum", low), ("maximum", high)):
            if ends and bound is not None and not ends[0] <= bound <= ends[1]:
                self.add_error(name, f"The value lies between {ends[0]:g} and {ends[1]:g}.")
        return cleaned

    @property
    def said(self) -> Limit:
        """The limit as the form has it; one that is off has no bounds."""
        cleaned = self.cleaned_data
        low, high = (_plain(cleaned.get(name)) if cleaned["on"] else None for name in ("minimum", "maximum"))
        return replace(
            self.limit, minimum=low, maximum=high, action=cleaned["action"], unknown=cleaned["unknown"]
        )


class OptionsForm(forms.Form):
    """What one scorer is told: a field for each of its options that a policy sets."""

    def __init__(
        self, slug: str, options: tuple[Option, ...], given: Mapping[str, Any], own: Any, data: Any = None
    ) -> None:
        initial = {option.slug: given.get(option.slug, option.default) for option in options}
        super().__init__(data, prefix=f"scorer-{slug}", initial=initial)
        self.slug, self.options = slug, options
        for option in options:
            self.fields[option.slug] = _field_of(option, own.get((slug, option.slug), option.choices))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        provider = cleaned.get("provider")
        chosen = self.slug == Toxicity.slug and "provider" in self.changed_data
        if chosen and provider in REMOTE_PROVIDERS and provider not in site().endpoints:
            self.add_error("provider", f"This site has none yet: its operator sets {NEEDED[provider]}.")
        typed = [name for name, field in self.fields.items() if type(field) is forms.CharField]
        scorer = next((each for each in SCORERS if each.slug == self.slug), None)
        if scorer and typed and not self.errors:
            try:
                scorer.prepare(cleaned, Resources())
            except ValueError as refusal:
                self.add_error(typed[0], str(refusal))
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """The options that differ from the scorer's defaults."""
        return {
            option.slug: self.cleaned_data[option.slug]
            for option in self.options
            if self.cleaned_data[option.slug] != option.default
        }


class SaveForm(forms.Form):
    """What goes with a policy: a note, the version it was made from, and which dataset is looked at."""

    note = forms.CharField(
        required=False, max_length=NOTE_LENGTH, label="What this version is for", strip=True
    )
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    dataset = forms.ModelChoiceField(
        Dataset.objects.none(), required=False, to_field_name="slug", empty_label="All datasets", label="Show"
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["dataset"]
        field.queryset = Dataset.objects.filter(project=project).order_by("name").select_related("project")


class PolicyForms:
    """All forms of one policy; bound where `data` is given."""

    def __init__(
        self, project: Project, policy: Policy, version: int, data: Any = None, dataset: str = ""
    ) -> None:
        self.policy = policy
        self.limits = [LimitForm(_of(policy, limit), data) for limit in LIMITS]
        own = {("length", "tokenizer"): tokenizer_choices(project)}
        self.options = {
            slug: OptionsForm(slug, options, policy.options.get(slug, {}), own, data)
            for slug, options in settable_options().items()
        }
        self.save = SaveForm(data, project=project, initial={"based_on": version, "dataset": dataset})

    @property
    def all(self) -> Iterator[forms.Form]:
        yield from (*self.limits, *self.options.values(), self.save)

    def is_valid(self) -> bool:
        return not any(form.errors for form in list(self.all))

    @cached_property
    def said(self) -> Policy:
        """The policy as the forms have it; options that no form shows stay as they are."""
        told = {slug: dict(given) for slug, given in self.policy.options.items()}
        for slug, form in self.options.items():
            shown = {option.slug for option in form.options}
            kept = {name: value for name, value in told.get(slug, {}).items() if name not in shown}
            told[slug] = kept | form.said
        return Policy(
            tuple(form.said for form in self.limits), {slug: given for slug, given in told.items() if given}
        )

    @property
    def complaints(self) -> list[str]:
        """Every error as one line that names its field."""
        return [
            f"{_name(form, name)}: {' '.join(map(str, errors))}"
            for form in self.all
            for name, errors in form.errors.items()
        ]


def settable_options() -> dict[str, tuple[Option, ...]]:
    """Return by scorer the options that a policy sets; lists without choices come from elsewhere in the project."""
    known = {scorer.slug: scorer.options for scorer in SCORERS} | {GROUPING[0]: GROUPING[2]}
    found = {
        slug: tuple(option for option in options if option.choices or not isinstance(option.default, list))
        for slug, options in known.items()
    }
    return {slug: options for slug, options in found.items() if options}


def tokenizer_choices(project: Project) -> tuple[tuple[str, str], ...]:
    own = Tokenizer.objects.filter(project=project).values_list("sha256", "name")
    return (*((name, name) for name in BUILT_IN), *own)


def _of(policy: Policy, known: Limit) -> Limit:
    """Return the policy's limit; one that it does not have yet is off."""
    return policy.limit(known.slug) or replace(known, minimum=None, maximum=None)


def _field_of(option: Option, choices: tuple[tuple[str, str], ...]) -> forms.Field:
    common: dict[str, Any] = {"label": option.label, "required": False}
    if isinstance(option.default, list):
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=choices, widget=boxes, **common | {"required": True})
    if choices:
        return forms.ChoiceField(choices=choices, **common | {"required": True})
    if isinstance(option.default, bool):
        return forms.BooleanField(**common)
    if isinstance(option.default, int | float):
        kind = forms.IntegerField if isinstance(option.default, int) else forms.FloatField
        return kind(**common | {"required": True})
    return forms.CharField(max_length=LONGEST_TEXT, **common)


def _plain(value: float | None) -> float | None:
    """A whole number as int: that is how limits are written, and what PostgreSQL compares counts with at once."""
    return int(value) if value is not None and value.is_integer() else value


def _name(form: forms.Form, field: str) -> str:
    label = str(form.fields[field].label or field) if field in form.fields else ""
    return f"{form.limit.label}, {label.lower()}" if isinstance(form, LimitForm) else label
