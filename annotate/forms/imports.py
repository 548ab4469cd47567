"""Forms of an import: the file, and how to read it."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
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

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is not None and file.size > settings.UPLOAD_MAX_BYTES:
            size, largest = filesizeformat(file.size), filesizeformat(settings.UPLOAD_MAX_BYTES)
            raise forms.ValidationError(f"{file.name} has {size}; a file may have {largest}. Split it.")
        return file


class StartForm(PlainForm):
    format = forms.ChoiceField(
        required=False,
        choices=[("", "By each record"), *((known.slug, known.label) for known in FORMATS)],
        help_text="Choose one if a record could be read in several ways.",
    )
