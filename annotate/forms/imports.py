"""Forms of an import: the file, and how to read it."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from annotate.formats import FORMATS
from annotate.forms.plain import PlainForm

ACCEPT = ".jsonl,.json,.gz"


class UploadForm(PlainForm):
    file = forms.FileField(
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        allow_empty_file=True,  # the reader says more about an empty file than the field would
        max_length=255,
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if too_large:
            largest = filesizeformat(settings.UPLOAD_MAX_BYTES)
            refusal = f"The file is larger than {largest}, which is the most that is taken: split it."
            self.fields["file"].error_messages["required"] = refusal


class StartForm(PlainForm):
    format = forms.ChoiceField(
        required=False,
        choices=[("", "By each record"), *((known.slug, known.label) for known in FORMATS)],
        help_text="Choose one if a record could be read in several ways.",
    )
