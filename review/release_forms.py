"""What a manager asks of a release: which datasets or which selection, in which format and order."""

from typing import Any

from django import forms

from annotate.formats import FORMATS
from annotate.forms.plain import choose_among
from annotate.models import Dataset, Project
from review.models import Selection
from review.queries.selections import finished_selections


class ReleaseForm(forms.Form):
    """What to release: the datasets it draws from or a selection, a format, in which order, and a name or none."""

    selection = forms.ModelChoiceField(
        Selection.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label="All that is approved",
        label="Only of a selection",
        help_text="A selection is released of its own datasets, whatever is chosen below.",
    )
    datasets = forms.ModelMultipleChoiceField(
        Dataset.objects.none(),
        to_field_name="slug",
        required=False,
    )
    format = forms.ChoiceField(choices=[(known.slug, known.label) for known in FORMATS])
    name = forms.CharField(
        max_length=80,
        required=False,
        help_text="As it will be cited; without one it is called release-1, release-2, …",
    )
    best_first = forms.BooleanField(
        required=False,
        label="Best first",
        help_text="In the order of the classifier's scores, the best first.",
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "datasets", Dataset.objects.filter(project=project))
        choose_among(self, "selection", finished_selections(project))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("selection") and not cleaned.get("datasets") and not self.errors:
            self.add_error("datasets", "Choose at least one dataset.")
        return cleaned
