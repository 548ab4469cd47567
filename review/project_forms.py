"""What people send about a whole project: its target, their word on a point of the checklist, a training run."""

from django import forms

from annotate.forms.plain import PlainForm
from review.readiness import POINTS
from review.training import BATCH, SEQUENCE

NOTE_LENGTH = 2_000
EPOCHS = 3


class TargetForm(PlainForm):
    """How many approved examples the project wants."""

    target = forms.IntegerField(min_value=1, max_value=100_000_000)


class SignForm(PlainForm):
    """A person's word on a point of the checklist."""

    point = forms.ChoiceField(choices=[(point.slug, point.label) for point in POINTS if not point.measured])
    holds = forms.ChoiceField(choices=[("yes", "It holds"), ("no", "It does not hold")])
    note = forms.CharField(
        max_length=NOTE_LENGTH,
        error_messages={"required": "Say what you rest it on: the note is kept with your name."},
    )


class BudgetForm(forms.Form):
    """What a training run is worked out for; what is left out or cannot be is as usual."""

    epochs = forms.IntegerField(min_value=1, max_value=100, required=False)
    sequence = forms.IntegerField(
        label="Tokens in a sequence", min_value=128, max_value=1_048_576, required=False
    )
    batch = forms.IntegerField(label="Sequences in a step", min_value=1, max_value=4_096, required=False)

    def value(self, name: str) -> int:
        """Return what was sent, or what is usual."""
        usual = {"epochs": EPOCHS, "sequence": SEQUENCE, "batch": BATCH}
        self.is_valid()
        return self.cleaned_data.get(name) or usual[name]
