"""What the editor sends: the turns, and what they are based on."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict

from annotate.editing import SHAPES, SINGLE, TURNS, apply, for_submit, read_turns, without_blank_system
from annotate.models import Draft, Example
from annotate.queries import text_at
from annotate.records import ROLES, Conversation

ACTION = r"^(save|submit|merge|add|(up|down|remove) \d{1,6}|shape (single|turns))?$"
LARGEST = 2**31 - 1
KINDS = ("window", "revision")


class EditorForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=LARGEST)
    based_on = forms.IntegerField(min_value=1, max_value=LARGEST)
    text_of = forms.IntegerField(min_value=1, max_value=LARGEST)
    shape = forms.ChoiceField(choices=[(shape, shape) for shape in SHAPES])
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS], required=False)
    do = forms.RegexField(ACTION, required=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """A posted editor.

    `version` is the number of the last save this window saw, `based_on` the revision it would replace, `text_of`
    the revision whose turns `turn_was` counts; `do` is the button that was pressed, `kind` the conflict it answers.
    """

    version: int
    based_on: int
    text_of: int
    shape: str
    kind: str
    do: str
    typed: Conversation

    @property
    def next_shape(self) -> str:
        word, _, wanted = self.do.partition(" ")
        if word == "shape":
            return wanted
        return TURNS if word == "add" else self.shape

    @property
    def conversation(self) -> Conversation:
        """The typed text after what the pressed button does to it."""
        return for_submit(self.typed) if self.do == "submit" else apply(self.typed, self.do)

    @property
    def anchor(self) -> str:
        """Where the page goes on after a turn's button, for browsers without JavaScript."""
        word, _, number = self.do.partition(" ")
        if word == "add":
            return f"#turn-{len(self.conversation.turns)}"
        step = {"up": 0, "down": 2, "remove": 1}.get(word)
        return "" if step is None else f"#turn-{int(number) + step}"

    def other_text(self, example: Example, draft: Draft | None) -> Conversation | None:
        """Return the text to merge with: what the other window saved, or the example's own; None for no merge."""
        if self.do != "merge":
            return None
        return draft.conversation if draft and self.kind == "window" else example.conversation


def read_editor(data: QueryDict, example: Example) -> Sent:
    """Read what the editor posted; raises BadRequest where its page did not make it."""
    form = EditorForm(data)
    if not form.is_valid():
        raise BadRequest("The form was not made by the editor.")
    fields = form.cleaned_data
    typed = read_turns(_turns(data), text_at(example, fields["text_of"]))
    return Sent(**fields, typed=without_blank_system(typed) if fields["shape"] == SINGLE else typed)


def _turns(data: QueryDict) -> list[dict[str, str]]:
    names = ("role", "content", "input", "was")
    columns: list[Any] = [data.getlist(f"turn_{name}") for name in names]
    if len({len(column) for column in columns}) != 1 or not set(columns[0]) <= set(ROLES):
        raise BadRequest("The turns of the form do not fit together.")
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
