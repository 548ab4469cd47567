"""Forms about projects, their people and their datasets."""

from typing import Any

from django import forms

from annotate.forms.plain import PlainForm, choose_among, long_text
from annotate.models import Dataset, Membership, Project

ROLE_HELP = (
    "Managers set the project up, import and decide. Reviewers judge examples."
    " Annotators write them and see only their own."
)


class ProjectForm(PlainForm):
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    objective = forms.ChoiceField(choices=Project.Objective.choices)
    description = long_text(rows=3, help_text="What the model should learn, in a sentence or two.")


class SettingsForm(ProjectForm):
    guidelines = long_text(
        rows=14,
        help_text="Markdown. Shown beside the editor: what a good example has, what it must not have.",
    )


class DatasetForm(PlainForm):
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    source = forms.ChoiceField(choices=Dataset.Source.choices, initial=Dataset.Source.EXISTING)
    licence = forms.CharField(max_length=80, help_text="For example MIT, CC-BY-4.0, or own work.")
    origin = forms.CharField(
        max_length=300, required=False, help_text="Where it comes from: an address, a team, a model."
    )
    notes = long_text(rows=3)


class InviteForm(PlainForm):
    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(
        choices=Membership.Role.choices, initial=Membership.Role.ANNOTATOR, help_text=ROLE_HELP
    )


class RoleForm(PlainForm):
    role = forms.ChoiceField(choices=Membership.Role.choices)


class NewExampleForm(PlainForm):
    dataset = forms.ModelChoiceField(queryset=Dataset.objects.none(), to_field_name="slug", empty_label=None)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # People write into datasets of human annotation only: a dataset has one source, and releases state it.
        written = Dataset.objects.filter(project=project, source=Dataset.Source.HUMAN)
        choose_among(self, "dataset", written)


class RestoreForm(PlainForm):
    number = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    based_on = forms.IntegerField(min_value=1, max_value=2**31 - 1)
