"""What a manager sends about the judge: the rubric, and what to ask about with which budget."""

from typing import Any

from django import forms

from annotate.forms.plain import PlainForm
from annotate.models import Dataset
from review.queries.judging import DATASET, MOST_RANDOM, RANDOM

LONGEST_RUBRIC = 8_000
MOST_TOKENS = 1_000_000_000
BUDGET = 200_000
MANY = 200
OF_DATASET = f"{DATASET}:"

# A line for each paragraph, as a textarea breaks them itself.
RUBRIC = """\
Judge the last answer of the assistant as a careful expert in its subject would, for use as an example that a model \
learns from.

5: Right, complete and clear. It does what was asked, in the form and length that were asked for. An expert would not \
change it.
4: Right and useful, with a small lack: a detail left out, a sentence too many, a stiff wording.
3: Helps in part. Something that matters is missing, vague or badly put, but nothing in it misleads.
2: Of little use: it misses much of what was asked, has a mistake that matters, or pads a thin answer.
1: Wrong, harmful, empty, cut off, off the question, or a refusal without a reason.

Length is no merit. A short answer that says all there is to say is a 5. Take facts, numbers and code for wrong where \
you can see that they are. Where the instruction itself makes no sense, give 2 at most.
"""


class RubricForm(PlainForm):
    """What the judge looks for."""

    text = forms.CharField(
        label="Rubric",
        max_length=LONGEST_RUBRIC,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Say what a 5 is and what a 1 is, in terms of your own reviewers' reasons. Another text is another"
        " rubric: what was scored by the old one is asked anew.",
    )

    def clean_text(self) -> str:
        sent: str = self.cleaned_data["text"]
        return sent.replace("\r\n", "\n").strip()


class JudgeForm(PlainForm):
    """Which texts to ask about, and when to stop."""

    which = forms.ChoiceField(label="Ask about")
    tokens = forms.IntegerField(
        label="At most so many tokens",
        min_value=1,
        max_value=MOST_TOKENS,
        initial=BUDGET,
        help_text="Question and answer together. It stops before a text for which there may not be enough left.",
    )
    count = forms.IntegerField(
        label="At most so many examples",
        min_value=1,
        required=False,
        help_text="Needed where they are drawn at random.",
    )

    def __init__(
        self, *args: Any, choices: list[tuple[str, str]], datasets: list[Dataset], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["which"].choices = choices  # type: ignore[attr-defined]
        self._datasets = {f"{OF_DATASET}{dataset.slug}": dataset for dataset in datasets}

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        count = sent.get("count")
        if sent.get("which") == RANDOM and "count" not in self.errors:
            if count is None:
                self.add_error("count", "Say how many are drawn.")
            elif count > MOST_RANDOM:
                self.add_error("count", f"At most {MOST_RANDOM:,} are drawn at once.")
        return sent

    def values(self) -> dict[str, Any]:
        """Return what was sent as the judge's job takes it."""
        sent = self.cleaned_data
        dataset = self._datasets.get(sent["which"])
        which = DATASET if dataset else sent["which"]
        return {"which": which, "dataset": dataset, "tokens": sent["tokens"], "count": sent["count"]}
