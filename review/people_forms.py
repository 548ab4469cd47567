"""What people send on the pages about reviewers: a settled dispute, a pause, a gold example, whose labels to list."""

from collections.abc import Iterable
from typing import Any

from django import forms

from annotate.forms.plain import PlainForm
from review.forms import GIVEN, NOTE_LENGTH, AddressForm, LabelForm, row_id
from review.models import ReviewerPause
from review.queries.rules import Reason

VERDICTS = (("", ""), *GIVEN)


class SettleForm(LabelForm):
    """The label that settles a dispute, and whether its example becomes a gold one."""

    gold = forms.BooleanField(required=False)


class PauseForm(PlainForm):
    """Why a reviewer is paused by hand."""

    note = forms.CharField(
        max_length=ReviewerPause._meta.get_field("note").max_length,
        error_messages={"required": "Say why: the reviewer reads it."},
    )


class GoldForm(PlainForm):
    """The right label of an example, at the revision that was read."""

    verdict = forms.ChoiceField(choices=GIVEN, error_messages={"required": "Press Good or Bad."})
    reasons = forms.MultipleChoiceField(required=False)
    note = forms.CharField(required=False, max_length=NOTE_LENGTH)
    revision = forms.IntegerField(min_value=1)

    def __init__(self, *args: Any, reasons: Iterable[Reason], newest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reasons"]
        field.choices = [(reason.slug, reason.label) for reason in reasons]
        self._newest = newest

    def clean_revision(self) -> int:
        """A revision that there is not yet can be read by nobody."""
        return min(int(self.cleaned_data["revision"]), self._newest)


class PageForm(AddressForm):
    """Which page of a list."""

    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)


class LabelsForm(AddressForm):
    """Which labels to list: of whom, beside whose, what each said, for which reason; and from where on."""

    by = row_id()
    beside = row_id()
    kind = forms.CharField(required=False, max_length=10)
    mine = forms.ChoiceField(required=False, choices=VERDICTS)
    theirs = forms.ChoiceField(required=False, choices=VERDICTS)
    reason = forms.CharField(required=False, max_length=40)
    gold = row_id()
    after = row_id()

    def asked(self) -> dict[str, Any]:
        """Return what was asked for, without where it goes on from."""
        names = ("kind", "by", "beside", "mine", "theirs", "reason", "gold")
        return {name: found for name in names if (found := self.value(name))}
