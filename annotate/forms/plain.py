"""What all forms share."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet


class PlainForm(forms.Form):
    """A form whose first field with an error takes the focus when the page is shown again."""

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if field and set(self.errors) == {field}:
            self.fields[field].widget.attrs["autofocus"] = True


def choose_among(form: forms.Form, name: str, found: QuerySet[Any]) -> None:
    """Let a field choose among rows that only the request can tell."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = found


def long_text(**options: Any) -> forms.CharField:
    """Return an optional field for several lines of text."""
    rows = options.pop("rows", 4)
    return forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": rows}), **options)
