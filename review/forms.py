"""What people send: a label, a skip, a decision. Forms check the shape; services decide."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from review.models import DatasetDecision, DuplicateCluster, Label, Ruling, Skip
from review.queries.rules import Reason

NOTE_LENGTH = 2_000
SECONDS_AT_MOST = 3_600.0
LIST_SIZES = (10, 25, 50)
# What the page offers; a label is taken back by its own button.
GIVEN = ((Label.Verdict.GOOD.value, "Good"), (Label.Verdict.BAD.value, "Bad"))


class LabelForm(forms.Form):
    """Good, or bad with at least one reason, on the revision that was read."""

    verdict = forms.ChoiceField(choices=GIVEN, error_messages={"required": "Press Good or Bad."})
    reasons = forms.MultipleChoiceField(required=False)
    note = forms.CharField(required=False, max_length=NOTE_LENGTH)
    revision = forms.IntegerField(min_value=1)
    seconds = forms.CharField(required=False)

    def __init__(self, *args: Any, reasons: Iterable[Reason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = tuple(reasons)
        field: Any = self.fields["reasons"]
        field.choices = [(reason.slug, reason.label) for reason in self._offered]

    def clean_seconds(self) -> float | None:
        """A watch that went wrong is no reason to refuse a decision, and nobody thinks over one for an hour."""
        try:
            seconds = float(self.cleaned_data["seconds"])
        except ValueError:
            return None
        return min(seconds, SECONDS_AT_MOST) if seconds >= 0 else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        verdict, reasons = cleaned.get("verdict"), cleaned.get("reasons", [])
        if verdict == Label.Verdict.BAD and not reasons and "reasons" not in self.errors:
            self.add_error("reasons", "Say why: pick at least one reason, then press Bad.")
        if verdict == Label.Verdict.GOOD and reasons:
            self.add_error(
                "reasons",
                "A reason is picked: press Bad to save it, or take it away for Good.",
            )
        for reason in self._offered:
            if reason.note and reason.slug in reasons and not cleaned.get("note"):
                words = reason.label[:1].upper() + reason.label[1:]
                self.add_error("note", f"“{words}” needs a note that says what is wrong.")
        return cleaned


REASON = forms.CharField(required=False, max_length=Skip._meta.get_field("reason").max_length)


class SkipForm(forms.Form):
    """Why an example is passed on: one of the usual reasons, the stream's note field, both or neither."""

    why = forms.CharField(required=False, max_length=80)
    note = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        """Give the reason as one text under `note`."""
        cleaned = super().clean() or {}
        parts = filter(None, (cleaned.get("why"), cleaned.get("note")))
        try:
            return {"note": REASON.clean(": ".join(parts))}
        except forms.ValidationError as why:
            self.add_error("note", why)
        return cleaned


class ViewForm(forms.Form):
    """How somebody likes the stream to look: a list of so many, 0 for one at a time, and Markdown or plain text.

    What is not sent stays as it was.
    """

    n = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, choices=[(size, size) for size in (0, *LIST_SIZES)]
    )
    markdown = forms.TypedChoiceField(
        required=False,
        coerce=lambda sent: sent == "on",
        empty_value=None,
        choices=[("on", "on"), ("off", "off")],
    )

    def preferences(self) -> dict[str, int | bool]:
        """Return what was chosen, by the name under which it is kept."""
        names = {"n": "review_list", "markdown": "markdown"}
        chosen = self.cleaned_data if self.is_valid() else {}
        return {names[field]: value for field, value in chosen.items() if value is not None}


class DecisionForm(forms.Form):
    """A manager's word on a dataset."""

    verdict = forms.ChoiceField(choices=DatasetDecision.Verdict.choices)
    note = forms.CharField(required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))


class MeaningForm(forms.Form):
    """What to look for by its meaning: an example's public id, or words."""

    to = forms.UUIDField(required=False)
    q = forms.CharField(required=False, max_length=1_000)


class PublicIds(forms.Field):
    """Any number of public ids; what is none is left out."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[UUID]:
        return [found for text in value or () if (found := _uuid(text))]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class NoteForm(forms.Form):
    """Why something is decided by hand."""

    note = forms.CharField(
        max_length=Ruling._meta.get_field("note").max_length,
        error_messages={"required": "Say why: the note is kept with the decision."},
    )


class PickForm(forms.Form):
    """Which examples something is done with: those picked, or the `whole` that the page is of."""

    example = PublicIds(required=False)
    whole = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("whole") and not cleaned.get("example"):
            self.add_error("example", "Pick at least one example.")
        return cleaned


class RulingForm(NoteForm, PickForm):
    """Keep or drop by hand, why, and which examples; `by` is the reason that the whole is of."""

    verdict = forms.TypedChoiceField(choices=Ruling.Verdict.choices, coerce=int)
    by = forms.CharField(required=False)


class KeeperForm(forms.Form):
    """Which member of a cluster is kept."""

    example = forms.UUIDField()


def row_id() -> forms.IntegerField:
    """Return an optional field for a row's id."""
    return forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class AddressForm(forms.Form):
    """What an address says of where a list is; what makes no sense is left out instead of refused."""

    ruled = row_id()

    def value(self, name: str) -> Any:
        """Return what was understood of a field, or None."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class PlaceForm(AddressForm):
    """The reason that a list of examples is of, and from where it goes on."""

    by = forms.CharField(required=False, max_length=80)
    after = row_id()
    before = row_id()


class ClusterForm(AddressForm):
    """Which kind of duplicates, which cluster, and which page of its members."""

    kind = forms.ChoiceField(required=False, choices=DuplicateCluster.Kind.choices)
    cluster = row_id()
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)


class ReplaceForm(forms.Form):
    """Which personal data to replace in which revision: the place of one button's key, or all; gives `keys`."""

    revision = forms.IntegerField(min_value=1)
    key = forms.CharField(required=False, max_length=80)
    all = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        key, everything = cleaned.pop("key", ""), cleaned.pop("all", False)
        if not key and not everything:
            raise forms.ValidationError("Pick what to replace.")
        return {**cleaned, "keys": None if everything else [key]}
