"""What the editor sends: the turns, and what they are based on."""

from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict

from annotate.editing import SHAPES, SINGLE, TURNS, apply, for_submit, read_turns, without_blank_system
from annotate.models import Draft, Example
from annotate.queries import text_at
from annotate.records import ROLES, Conversation

ACTION = r"^(save|submit|merge|add|(up|down|remove) \d{1,6}|shape (single|turns))?$"


class EditorForm(forms.Form):
    """A posted editor; raises BadRequest where the page did not make it.

    `version` is the number of the last save this window saw, `based_on` the revision it would replace,
    `text_of` the revision whose turns `turn_was` counts.
    """

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    based_on = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    text_of = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    shape = forms.ChoiceField(choices=[(shape, shape) for shape in SHAPES])
    do = forms.RegexField(ACTION, required=False)
    kind = forms.ChoiceField(choices=[("window", "window"), ("revision", "revision")], required=False)

    def __init__(self, data: QueryDict, *, example: Example) -> None:
        super().__init__(data)
        if not self.is_valid():
            raise BadRequest("The form was not made by the editor.")
        self.action: str = self.cleaned_data["do"]
        self.based_on: int = self.cleaned_data["based_on"]
        self.version: int = self.cleaned_data["version"]
        self.text_of: int = self.cleaned_data["text_of"]
        typed = read_turns(self._fields(data), text_at(example, self.text_of))
        self.typed = without_blank_system(typed) if self.cleaned_data["shape"] == SINGLE else typed

    def _fields(self, data: QueryDict) -> list[dict[str, str]]:
        names = ("role", "content", "input", "was")
        columns: list[Any] = [data.getlist(f"turn_{name}") for name in names]
        if len({len(column) for column in columns}) != 1 or not set(columns[0]) <= set(ROLES):
            raise BadRequest("The turns of the form do not fit together.")
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]

    @property
    def next_shape(self) -> str:
        word, _, wanted = self.action.partition(" ")
        if word == "shape":
            return wanted
        return TURNS if word == "add" else str(self.cleaned_data["shape"])

    @property
    def conversation(self) -> Conversation:
        """The typed text after what the pressed button does to it."""
        return for_submit(self.typed) if self.action == "submit" else apply(self.typed, self.action)

    @property
    def anchor(self) -> str:
        """Where the page goes on after a turn's button, for browsers without JavaScript."""
        word, _, number = self.action.partition(" ")
        if word == "add":
            return f"#turn-{len(self.conversation.turns)}"
        step = {"up": 0, "down": 2, "remove": 1}.get(word)
        return "" if step is None else f"#turn-{int(number) + step}"

    def other_text(self, example: Example, draft: Draft | None) -> Conversation | None:
        """The text to merge with: the draft of the other window if that is newer, else the example's own."""
        if self.action != "merge":
            return None
        return draft.conversation if draft and self.cleaned_data["kind"] == "window" else example.conversation
