"""The living page of all components, for development: real templates filled with made-up values."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jobs.models import Job
from jobs.queries import Progress

PAGES = ("components", "review", "desk", "dataset")
LONG = "a-very-long-name-without-any-place-to-break-it-" * 3
TURNS = [
    {
        "role": "system",
        "content": "You are a patient tutor. Show each step and end with the answer on its own line.",
    },
    {
        "role": "user",
        "content": "A rope of 18 metres is cut into pieces of 1.5 metres. How many cuts does that take?",
        "note": "19 words",
    },
    {
        "role": "assistant",
        "note": "58 words",
        "folded": {
            "shown": [
                {
                    "text": "First count the pieces, then the cuts between them.\n\nThere are 18 / 1.5 = 12 pieces."
                },
                {
                    "text": "pieces = 18 / 1.5   # 12\ncuts = pieces - 1   # 11",
                    "is_code": True,
                    "language": "python",
                },
                {
                    "text": "The rope needs 11 cuts, because the last piece is left over by the one before it.\n\n11"
                },
            ]
        },
    },
]
EDITED = [
    {
        "role": "system",
        "content": "You answer for a library. You may renew a loan once, and you never waive a fee.",
    },
    {"role": "user", "content": "My book was due on Monday and I am ill. Can I keep it for another week?"},
    {
        "role": "assistant",
        "content": "Yes. I have renewed it until the 30th. The fee for Monday and Tuesday, 40 cents, stays on your"
        " account; you can pay it when you are well again.",
    },
]
FUNNEL = [
    {"label": "Imported", "kept": 10412, "dropped": 0, "share": 100},
    {
        "label": "Format",
        "kept": 10288,
        "dropped": 124,
        "outside": 124,
        "share": 98.8,
        "url": "#",
        "reason": "no blocking format issue",
    },
    {
        "label": "Length",
        "kept": 9850,
        "dropped": 438,
        "outside": 502,
        "share": 94.6,
        "url": "#",
        "outside_url": "#",
        "reason": "50 to 4,096 tokens",
    },
    {"label": "Exact duplicate", "kept": 9633, "dropped": 217, "share": 92.5, "url": "#"},
    {"label": "Near duplicate", "kept": 8842, "dropped": 791, "share": 84.9, "url": "#"},
]
FLAGS = [{"label": "Toxicity", "flagged": 46, "share": 0.5, "url": "#", "reason": "less than 0.25"}]
SLICES = [
    {
        "label": "Under 120 words",
        "reviewed": 121,
        "bad": "9.1 %",
        "low": 26,
        "point": 45.5,
        "high": 77,
        "tone": "bad",
    },
    {"label": "120 to 400 words", "reviewed": 288, "bad": "2.4 %", "low": 6, "point": 12, "high": 25},
    {"label": "Over 400 words", "reviewed": 91, "bad": "2.2 %", "low": 3, "point": 11, "high": 38},
]
REASONS = (
    "incorrect",
    "incomplete",
    "ignores the instruction",
    "unclear instruction",
    "format or style",
    "unsafe",
)
SEGMENTS = [
    {"kind": "same", "text": "The parcel came "},
    {"kind": "removed", "text": "six"},
    {"kind": "added", "text": "nine"},
    {"kind": "same", "text": " days late, and the shop "},
    {"kind": "added", "text": "has "},
    {"kind": "same", "text": "not answered."},
]
COLUMNS = [
    {"label": "Example", "sort_url": "#"},
    {"label": "State", "sort_url": "#"},
    {"label": "Words", "numeric": True, "sort_url": "#", "sorted": "descending"},
    {"label": "Edited", "sort_url": "#"},
]
ROWS = [
    {
        "title": "How many cuts does a rope of 18 metres take?",
        "state": "submitted",
        "words": 212,
        "edited": "14:02",
    },
    {
        "title": "Renew a loan while ill, with a fee that stays " * 3,
        "state": "returned",
        "words": 188,
        "edited": "11:20",
    },
    {"title": LONG, "state": "draft", "words": 12, "edited": "yesterday"},
]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(help_text="Short, as it is said aloud.")
    origin = forms.URLField(required=False, initial="not an address", assume_scheme="https")
    source = forms.ChoiceField(choices=[("human", "human annotation"), ("existing", "existing dataset")])
    notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    role = forms.ChoiceField(
        choices=[("reviewer", "reviewer"), ("annotator", "annotator")], widget=forms.RadioSelect
    )
    keep = forms.BooleanField(
        required=False, label="Keep unknown keys", help_text="They return in a release."
    )
    file = forms.FileField(
        widget=forms.FileInput(attrs={"accept": ".jsonl,.json,.gz"}),
        help_text="JSONL or a JSON array, up to 2 GB.",
    )


def _progress(state: str, done: int, total: int | None, workers: int = 2, error: str = "") -> Progress:
    """Return the progress of a job that exists only on this page."""
    job = Job(state=state, label=f"Import orders-{done}.jsonl", unit="records", total=total, error=error)
    job.finished_at = timezone.now() if job.is_over else None
    share = 100 * done / total if total else None
    running = state == Job.State.RUNNING
    return Progress(
        job, done, 8214.0 if running else None, share, timedelta(seconds=184) if running else None, workers
    )


def _jobs() -> list[Progress]:
    return [
        _progress("queued", 0, None),
        _progress("queued", 0, None, workers=0),
        _progress("running", 19_760, 52_000),
        _progress("done", 52_000, 52_000),
        _progress(
            "failed",
            31_002,
            52_000,
            error="Line 31,003 of orders.jsonl is cut in the middle: send the whole file.",
        ),
        _progress("cancelled", 8_000, 52_000),
    ]


def _context(page: str) -> dict[str, Any]:
    sent = SampleForm(
        {"name": "", "origin": "not an address", "source": "human", "notes": "", "role": "reviewer"}
    )
    return {
        "page": page,
        "nav": [
            {"label": name.capitalize(), "url": f"?page={name}", "current": name == page} for name in PAGES
        ],
        "nav_label": "Style guide",
        "workers_up": 2,
        "form": SampleForm(),
        "sent": sent,
        "jobs": _jobs(),
        "turns": TURNS,
        "edited": EDITED,
        "funnel": FUNNEL,
        "slices": SLICES,
        "reasons": REASONS,
        "segments": SEGMENTS,
        "columns": COLUMNS,
        "rows": ROWS,
        "long": LONG,
        "tones": ("good", "bad", "warn", "on", "changed"),
    }


@login_not_required
@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component, or the draft of one page by `?page=`; config mounts it in development only."""
    page = request.GET.get("page", "")
    page = page if page in PAGES else PAGES[0]
    return render(request, f"styleguide/{page}.html", _context(page))
