"""What the browse page is narrowed to, read from its address."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms

from annotate.forms.plain import PlainForm, choose_among
from annotate.models import Dataset, Example, Project
from annotate.queries import PAGE_SIZES, Filters

EDITED = (("", "Edited or not"), ("yes", "Edited"), ("no", "As imported or first written"))
STATES = [(str(value), label) for value, label in Example.State.choices if value != Example.State.DRAFT]
DEFAULT_SIZE = 50
SIZES = [(str(size), f"{size} rows") for size in PAGE_SIZES]


class FilterForm(PlainForm):
    """Everything optional; what makes no sense is left out instead of refused."""

    q = forms.CharField(label="Search", max_length=200, required=False)
    dataset = forms.ModelChoiceField(
        queryset=Dataset.objects.none(), to_field_name="slug", required=False, empty_label="All datasets"
    )
    source = forms.ChoiceField(choices=[("", "All sources"), *Dataset.Source.choices], required=False)
    state = forms.ChoiceField(choices=[("", "All states"), *STATES], required=False)
    edited = forms.ChoiceField(choices=EDITED, required=False)
    order = forms.ChoiceField(choices=[("", "In the order they came")], required=False)
    size = forms.TypedChoiceField(label="Rows", choices=SIZES, required=False, coerce=int, empty_value=None)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, data: Any, *, project: Project, orders: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__({"size": DEFAULT_SIZE} | {name: data.get(name) for name in data})
        choose_among(self, "dataset", Dataset.objects.filter(project=project))
        self._orders = tuple(orders)
        field: Any = self.fields["order"]
        field.choices = [*field.choices, *self._orders]
        self.is_valid()

    def value(self, name: str) -> Any:
        """Return what was understood of a field, or None."""
        return self.cleaned_data.get(name) or None

    @property
    def filters(self) -> Filters:
        edited, state = self.value("edited"), self.value("state")
        return Filters(
            text=self.value("q") or "",
            dataset=self.value("dataset"),
            source=self.value("source") or "",
            state=int(state) if state else None,
            edited=None if edited is None else edited == "yes",
        )

    @property
    def is_narrowed(self) -> bool:
        return self.filters != Filters()

    @property
    def choices_shown(self) -> list[forms.BoundField]:
        """The fields beside the search box, in the order of the page."""
        names = ("dataset", "source", "state", "edited", *(["order"] if self._orders else []), "size")
        return [self[name] for name in names]

    @property
    def page_size(self) -> int:
        return int(self.value("size") or DEFAULT_SIZE)

    def query(self, **place: int | None) -> str:
        """Return the address's query for a page of the same rows: what was understood, and from where to go on."""
        kept = {name: self.data.get(name) for name in ("q", "dataset", "source", "state", "edited", "order")}
        if self.page_size != DEFAULT_SIZE:
            kept["size"] = str(self.page_size)
        wanted = {name: value for name, value in kept.items() if value and self.value(name)}
        return "?" + urlencode(wanted | {name: value for name, value in place.items() if value})
