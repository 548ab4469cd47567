"""The policy page's cards: each limit with what it measures, the values there are, and its scorer's options."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.access import Access
from annotate.models import Dataset
from jobs.models import Job
from review.limits import Limit
from review.policy_forms import LimitForm, OptionsForm, PolicyForms
from review.queries.histograms import Histogram, histograms
from review.queries.meaning import meaning_statement, meaning_warning
from review.queries.policies import KnownPolicy
from review.queries.remeasuring import seconds_again, submitted_in
from review.queries.remote import provider_chosen, site
from review.rulers import Plot, plot_of
from review.scorers import SCORERS
from review.scorers.toxicity import PROVIDERS, Toxicity
from review.toxicity import STATEMENT
from review.views.policy_words import MEASURES, duration_words

MEANING = "semantic"
# The limits whose only bound is none at all: a slider would say nothing.
YES_OR_NO = {"exact"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One bound on a plot: where it was saved and where it is now, from 0 to 100, and what lies outside it."""

    name: str
    saved: float | None
    now: float | None

    @property
    def out_x(self) -> float:
        return 0 if self.name == "minimum" or self.now is None else self.now

    @property
    def out_width(self) -> float:
        if self.now is None:
            return 0
        return self.now if self.name == "minimum" else round(100 - self.now, 3)


@dataclass(frozen=True, slots=True)
class Card:
    """One limit on the page; `plot` is None while nothing has a value."""

    form: LimitForm
    limit: Limit
    measures: str
    plot: Plot | None
    marks: tuple[Mark, ...]
    known: int
    unknown: int
    options: OptionsForm | None
    statement: str = ""
    warning: str = ""

    @property
    def slides(self) -> bool:
        return self.limit.slug not in YES_OR_NO

    @property
    def grain(self) -> float:
        """How far above an upper bound that is kept itself the next value lies."""
        return 0 if self.limit.below or not self.plot else self.plot.ruler.grain

    @property
    def edges(self) -> str:
        return " ".join(f"{edge:.10g}" for edge in self.plot.ruler.edges) if self.plot else ""


def cards_context(
    access: Access, forms: PolicyForms, scope: Sequence[Dataset], stored: KnownPolicy
) -> dict[str, Any]:
    """Return everything the policy page shows but the preview."""
    counts = histograms(scope)
    submitted = submitted_in(access.project)
    cards = [_card(form, counts[form.limit.field], forms, stored, submitted) for form in forms.limits]
    shown = {card.options.slug for card in cards if card.options}
    return {
        "forms": forms,
        "cards": cards,
        "others": [(_label(slug), form) for slug, form in forms.options.items() if slug not in shown],
        "version": stored.version,
        "next_version": max(stored.version, 1) + 1,
        "submitted": submitted,
        "again": again_words(access, forms.options, submitted),
        "screening": Job.objects.active().filter(kind="screen", payload__project=access.project.pk).first(),
    }


def again_words(access: Access, scorers: Iterable[str], examples: int) -> str:
    """Say how long measuring again takes, for each worker there is; empty where nothing tells."""
    seconds = seconds_again(access.project, scorers, examples)
    return "" if seconds is None else duration_words(seconds)


def _card(
    form: LimitForm, histogram: Histogram, forms: PolicyForms, stored: KnownPolicy, submitted: int
) -> Card:
    saved = form.limit
    now = form.said if form.is_bound and not form.errors else saved
    plot = plot_of(histogram.ruler, histogram.counts, [saved, now]) if histogram.known else None
    return Card(
        form=form,
        limit=now,
        measures=MEASURES.get(saved.slug, ""),
        plot=plot,
        marks=_marks(form, plot, saved, now) if plot else (),
        known=histogram.known,
        unknown=histogram.unknown,
        options=forms.options.get(_scorer_of(saved.field) or saved.slug),
        statement=_statement(saved, submitted),
        warning=_warning(saved, stored),
    )


def _marks(form: LimitForm, plot: Plot, saved: Limit, now: Limit) -> tuple[Mark, ...]:
    names = [name for name in ("minimum", "maximum") if name in form.fields]
    places = dict(
        zip(("minimum", "maximum"), zip(plot.span(saved), plot.span(now), strict=True), strict=True)
    )
    return tuple(Mark(name, *places[name]) for name in names)


def _scorer_of(field: str) -> str:
    return next((scorer.slug for scorer in SCORERS if field in scorer.fields), "")


def _label(slug: str) -> str:
    return next((scorer.label for scorer in SCORERS if scorer.slug == slug), slug)


def _statement(limit: Limit, submitted: int) -> str:
    if limit.slug == Toxicity.slug:
        return STATEMENT
    return meaning_statement(submitted) if limit.slug == MEANING else ""


def _warning(limit: Limit, stored: KnownPolicy) -> str:
    if limit.slug == Toxicity.slug:
        return _provider_warning(stored)
    return meaning_warning() if limit.slug == MEANING and limit.bounds() else ""


def _provider_warning(stored: KnownPolicy) -> str:
    """Say that the chosen server is not set up, where it is not."""
    chosen = provider_chosen(stored.policy)
    if not chosen or chosen in site().endpoints:
        return ""
    return f"{dict(PROVIDERS)[chosen]} is chosen, but this site's operator has not set it up: nothing is measured."
