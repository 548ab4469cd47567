"""Files that a project keeps beside its data: tokenizers and evaluation sets."""

from typing import Any, ClassVar

from django import forms

from annotate.forms.plain import PlainForm


class NamedFileForm(PlainForm):
    """A file, and what people call it: as the file where they say nothing else."""

    instead: ClassVar[str]  # what to do with a file that is too large

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if too_large:
            refusal = f"The file is larger than what is taken at all: {self.instead}."
            self.fields["file"].error_messages["required"] = refusal

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if file := cleaned.get("file"):
            cleaned["name"] = cleaned.get("name") or file.name[:120]
        return cleaned


class TokenizerForm(NamedFileForm):
    """A tokenizer.json, and what people call it."""

    instead = "choose the tokenizer.json alone"

    file = forms.FileField(
        widget=forms.FileInput(attrs={"accept": ".json"}),
        allow_empty_file=True,  # loading it says more about an empty file than the field would
        max_length=255,
        help_text="tokenizer.json, as it lies beside the weights of the model you train.",
    )
    name = forms.CharField(
        required=False,
        max_length=120,
        help_text="The model it belongs to; without one it is called as its file.",
    )


class EvaluationSetForm(NamedFileForm):
    """A file of evaluation items, and what people call the set."""

    instead = "split it into several sets"

    file = forms.FileField(
        widget=forms.FileInput(attrs={"accept": ".jsonl,.json,.txt,.gz"}),
        allow_empty_file=True,  # reading it says more about an empty file than the field would
        max_length=255,
        help_text="JSON Lines, a JSON array, or text.",
    )
    name = forms.CharField(
        required=False,
        max_length=120,
        help_text="As reasons will name it; without one it is called as its file.",
    )
