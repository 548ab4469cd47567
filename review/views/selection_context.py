"""What the pages of selections show, laid out from the rows and from what was counted when they were made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any

from django.urls import reverse

from annotate.access import Access
from annotate.models import Dataset
from review.models import Selection, SelectionItem
from review.plots import share_of
from review.queries.classifiers import active_version
from review.queries.disclosure import findings_closed
from review.queries.selections import places_page, selections_of
from review.selection_forms import SPREADS, SelectionForm
from review.views.classifier_plots import Figure, Line, percents

PAGE_SIZE = 50

Topic = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TopicBar:
    """One topic: its number from 1 and its words, how many of the pool and of the chosen, and both as positions."""

    number: int
    name: str
    pool: int
    chosen: int
    pool_share: str
    chosen_share: str
    pool_width: float
    chosen_width: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """One row of the list; `closed` says that the person is to decide on it now and sees nothing of it here."""

    item: SelectionItem
    topic: str
    closed: bool
    edited: bool


def selections_context(access: Access, form: SelectionForm, like: Selection | None = None) -> dict[str, Any]:
    """Return the project's selections, and the form for another."""
    datasets = list(Dataset.objects.filter(project=access.project).order_by("name"))
    return {
        "selections": selections_of(access.project),
        "form": form,
        "datasets": datasets,
        "chosen": _datasets_chosen(form, datasets, like),
        "more": any(name in form.errors for name in ("topics", "seed")) or like is not None,
        "version": active_version(access.project),
    }


def selection_context(
    access: Access, selection: Selection, *, after: int | None = None, before: int | None = None
) -> dict[str, Any]:
    """Return what a selection's page shows; what it holds only once it is done."""
    shown = {
        "selection": selection,
        "datasets": list(selection.datasets.select_related("project").order_by("name")),
        "releases": list(selection.releases.select_related("project")),
        "spread": dict(SPREADS).get(selection.spread, f"spread {selection.spread:g}"),
    }
    if selection.done_at is None:
        return shown
    releases_url, topics = reverse("review:releases", args=[access.project.slug]), selection.profile["topics"]
    page = places_page(selection, size=PAGE_SIZE, after=after or 0, before=before)
    return shown | {
        "release_url": f"{releases_url}?selection={selection.public_id}",
        "command": f"manage.py verify_selection --project {access.project.slug} {quote(selection.name)}",
        "topics": topic_bars(topics),
        "scores": score_figure(selection.profile["scores"]),
        "rows": _rows(access, page.rows, topics),
        "previous": page.previous and f"?before={page.previous}",
        "next": page.next and f"?after={page.next}",
    }


def topic_name(topics: Sequence[Topic], number: int) -> str:
    """Name a topic by its words, or by its number where it has none."""
    words = topics[number]["words"] if number < len(topics) else ()
    return ", ".join(words) or f"topic {number + 1}"


def topic_bars(topics: Sequence[Topic]) -> list[TopicBar]:
    """Lay out topics with examples, the largest of the pool first, their shares on one axis."""
    totals = [sum(topic[name] for topic in topics) for name in ("pool", "chosen")]
    shares = [
        [
            topic[name] / total if total else 0.0
            for name, total in zip(("pool", "chosen"), totals, strict=True)
        ]
        for topic in topics
    ]
    most = max((share for both in shares for share in both), default=0.0) or 1.0
    bars = [
        TopicBar(
            number=number + 1,
            name=topic_name(topics, number),
            pool=topic["pool"],
            chosen=topic["chosen"],
            pool_share=f"{100 * of_pool:.1f} %",
            chosen_share=f"{100 * of_chosen:.1f} %",
            pool_width=round(100 * of_pool / most, 2),
            chosen_width=round(100 * of_chosen / most, 2),
        )
        for number, (topic, (of_pool, of_chosen)) in enumerate(zip(topics, shares, strict=True))
    ]
    return sorted((bar for bar in bars if bar.pool), key=lambda bar: (-bar.pool, bar.number))


def score_figure(scores: Mapping[str, Sequence[int]]) -> Figure:
    """Set the scores of the pool beside those of what was chosen from it, as shares of each."""
    pool, chosen = scores["pool"], scores["chosen"]
    width = 1 / len(pool)
    both = [[share_of(part, sum(parts)) / 100 for part in parts] for parts in (pool, chosen)]
    rows = [
        (
            f"{at * width:.2f} to {(at + 1) * width:.2f}",
            f"{held:,}",
            percents(of_pool),
            f"{taken:,}",
            percents(of_it),
        )
        for at, (held, taken, of_pool, of_it) in enumerate(zip(pool, chosen, *both, strict=True))
    ]
    return Figure(
        slug="scores",
        title="How they score",
        text="The share of the pool, and of what was chosen, in each twentieth of the scores.",
        axes=("Score", "Share"),
        ranges=((0, 1), (0, min(1.0, 1.1 * max(map(max, both))))),
        x=[(at + 0.5) * width for at in range(len(pool))],
        lines=(Line("chosen", "line dots", both[1]), Line("pool", "guide dots", both[0])),
        spans=None,
        words=[
            f"Scores {row[0]}: {row[4]} of the chosen ({row[3]}), {row[2]} of the pool ({row[1]})."
            for row in rows
        ],
        head=("Score", "Pool", "Of the pool", "Chosen", "Of the chosen"),
        rows=rows,
    )


def _rows(access: Access, items: Sequence[SelectionItem], topics: Sequence[Topic]) -> list[Chosen]:
    closed = findings_closed(access)
    return [
        Chosen(
            item,
            topic_name(topics, item.topic),
            item.example_id in closed,
            item.example.revision != item.revision,
        )
        for item in items
    ]


def _datasets_chosen(form: SelectionForm, datasets: Sequence[Dataset], like: Selection | None) -> list[str]:
    if form.is_bound:
        return list(form.data.getlist("datasets")) if hasattr(form.data, "getlist") else []
    return [dataset.slug for dataset in (like.datasets.all() if like else datasets)]
