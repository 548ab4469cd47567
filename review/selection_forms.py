"""What a manager asks of a selection: how many, of what, and how much diversity counts."""

from typing import Any

from django import forms

from annotate.forms.plain import PlainForm, choose_among
from annotate.models import Dataset, Project
from review.models import Selection
from review.services.selections import MOST, MOST_SPREAD, MOST_TOPICS, SEEDS

SPREADS = (
    (0.0, "Quality only"),
    (0.5, "Quality, and a little diversity"),
    (1.0, "Quality and diversity"),
    (2.0, "Diversity, and some quality"),
    (MOST_SPREAD, "As diverse as can be"),
)


class SelectionForm(PlainForm):
    """How many of which datasets; topics and seed are for those who want to know."""

    size = forms.IntegerField(label="How many", min_value=1, max_value=MOST, initial=1_000)
    datasets = forms.ModelMultipleChoiceField(
        Dataset.objects.none(),
        to_field_name="slug",
        error_messages={"required": "Choose at least one dataset."},
    )
    spread = forms.TypedChoiceField(
        label="What counts",
        coerce=float,
        choices=[(str(value), label) for value, label in SPREADS],
        initial="1.0",
        help_text="Diversity gives small topics more places than their share.",
    )
    name = forms.CharField(
        max_length=80, required=False, help_text="Without one it is called best-1000, best-1000-2, …"
    )
    topics = forms.IntegerField(
        label="Topics at most",
        min_value=1,
        max_value=MOST_TOPICS,
        initial=50,
        help_text="Into how many the texts are parted by their words.",
    )
    seed = forms.IntegerField(
        min_value=0,
        max_value=SEEDS - 1,
        initial=0,
        help_text="Settles ties and where the search for topics starts. The same seed makes the same selection.",
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "datasets", Dataset.objects.filter(project=project))

    @classmethod
    def like(cls, selection: Selection) -> "SelectionForm":
        """Return the form as it asks for a selection like another."""
        shown = {name: getattr(selection, name) for name in ("size", "topics", "seed")}
        return cls(project=selection.project, initial={**shown, "spread": str(selection.spread)})
