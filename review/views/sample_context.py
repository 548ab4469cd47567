"""What the page of a sample's report shows, laid out from its numbers."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from annotate.access import Access
from annotate.templatetags.annotate_text import known_as
from review.estimates.agreement import Agreement
from review.estimates.words import percent, plain_percent
from review.models import Sample
from review.queries.disclosure import sees_seed
from review.queries.rules import rules_of
from review.queries.slices import DIMENSIONS, value_words
from review.queries.spoken import language_name
from review.sample_forms import DrawForm, ToleranceForm
from review.views.reports import decision_context
from review.views.sample_numbers import Numbers
from review.views.sample_plots import SliceGroup, growth_plot, intervals_plot, reasons_plot, slices_plot

MINUS = "\N{MINUS SIGN}"
VERDICTS = {
    "accept": {"tone": "good", "icon": "shield-check"},
    "reject": {"tone": "bad", "icon": "circle-x"},
    "more": {"tone": "on", "icon": "arrow-right"},
}
# What stands there even where there is none of it, and why the others count as they do.
ALWAYS = ("good", "bad", "open")
WORST = "they count as bad in the worst case"
GONE = "withdrawn, returned or dropped by hand before anybody labelled them"
ASIDE = "changed, withdrawn or dropped by hand; they count as they were judged"


def report_context(
    access: Access,
    numbers: Numbers,
    draw_form: DrawForm | None = None,
    tolerance_form: ToleranceForm | None = None,
) -> dict[str, Any]:
    """Return everything that the report shows; the forms where they were sent and are to be mended."""
    report, sample = numbers.report, numbers.sample
    found, said, rules = report.found, report.recommended, report.rules
    urls, items_url = sample_urls(sample), items_address(sample)
    return {
        "dataset": sample.dataset, "sample": sample, "name": sample_name(sample),
        "heading": f"Sample of {sample_name(sample)}" if sample.source_import else "Sample of what was written here",
        "report": report, "found": found, "said": said, "counts": report.counts,
        "share": "" if found.share is None else percent(found.share),
        "tolerated": rules.tolerated, "tolerated_text": plain_percent(rules.tolerated),
        "confidence": plain_percent(found.confidence), "wanted": plain_percent(rules.confidence),
        "verdict": verdict_words(numbers),
        "draw_form": draw_form or DrawForm(initial={"more": said.draw or report.items}),
        "tolerance_form": tolerance_form or ToleranceForm.of(rules),
        "can_draw": access.manages and not sample.takes_everything and report.items < report.kept,
        "stale_since": numbers.stale_since, "stages": sample.stages.all(),
        "states": sample_states(numbers, items_url),
        "urls": {**urls, "bad": items_url(outcome="bad")},
        **decision_context(access, sample.dataset), "sees_seed": sees_seed(access, sample),
        **(_plots(access, numbers, items_url) if found.reviewed else {}),
        "agreement": agreement_words(numbers.agreement, rules.alpha_wanted),
        "correction": numbers.correction if found.reviewed else None,
        "flatters": bool(found.reviewed) and numbers.flatters,
        "powered": numbers.said.powered if found.reviewed else None,
        "overturned": overturned_words(*numbers.said.overturned),
    }  # fmt: skip


def sample_name(sample: Sample) -> str:
    """Name what a sample is of."""
    return str(sample.source_import or "Written here")


def sample_urls(sample: Sample) -> dict[str, str]:
    """Return the addresses of a sample's pages."""
    project, dataset = sample.dataset.project.slug, sample.dataset.slug
    names = {
        "report": "sample_report", "csv": "sample_csv", "json": "sample_json", "items": "sample_items",
        "draw": "sample_draw_more", "tolerance": "sample_tolerance", "record": "sample_record",
    }  # fmt: skip
    return {
        **{key: reverse(f"review:{name}", args=[project, dataset, sample.pk]) for key, name in names.items()},
        "stream": reverse("review:stream", args=[project]),
    }


def items_address(sample: Sample) -> Callable[..., str]:
    """Return what makes the address of the list of those of a sample's examples that are so and so."""
    base = sample_urls(sample)["items"]

    def address(**asked: Any) -> str:
        return f"{base}?{urlencode({name: value for name, value in asked.items() if value is not None})}"

    return address


def verdict_words(numbers: Numbers) -> dict[str, str]:
    """Return the recommendation with what it looks like; its first word or sentence is the title."""
    said = numbers.report.recommended
    title, _, text = said.sentence.partition(":") if said.kind != "more" else ("", "", said.sentence)
    if said.kind == "more":
        title = "Not decided yet."
    return {
        **VERDICTS[said.kind],
        "title": f"{title}:" if said.kind != "more" else title,
        "text": text.strip(),
    }


def overturned_words(bad: int, good: int) -> str:
    """Say how many labels a second look overturned, and why they count as they were; empty where it did none."""
    if not bad + good:
        return ""
    ways = ", ".join(
        f"{count:,} {way}" for count, way in ((bad, "bad to good"), (good, "good to bad")) if count
    )
    those = (
        "1 of these labels; it counts" if bad + good == 1 else f"{bad + good:,} of these labels; they count"
    )
    return (
        f"A second look overturned {those} as first said ({ways}). Only what the classifier doubted was looked at "
        "again: counting that would draw the estimate to its opinion. A release goes by the second look."
    )


def sample_states(numbers: Numbers, items_url: Callable[..., str]) -> list[dict[str, Any]]:
    """Return the sampled examples by what became of them, each leading to its list."""
    counts = numbers.report.counts
    gone = GONE if numbers.sample.takes_everything else f"{GONE}; {WORST}"
    states = [
        ("Good", counts.good, "good", "", ""),
        ("Bad", counts.bad, "bad", "", ""),
        ("Disputed", counts.disputed, "disputed", f"reviewers differ; {WORST}", "warn"),
        ("Not reviewed yet", counts.left, "open", "", ""),
        ("Gone before review", counts.gone, "gone", gone, "warn"),
        ("Of these, changed since", counts.aside, "aside", ASIDE, ""),
    ]
    return [
        {"label": label, "count": count, "url": items_url(outcome=slug), "note": note, "tone": tone}
        for label, count, slug, note, tone in states
        if count or slug in ALWAYS
    ]


def agreement_words(found: Agreement, wanted: float) -> dict[str, Any]:
    """Say how far reviewers agree on what two of them labelled."""
    if not found.items:
        text = "Nothing was labelled twice yet, so nobody knows how far reviewers agree."
        return {"items": 0, "alpha": None, "text": text}
    share = f"{percent(found.share or 0.0)} % agreement"
    twice = f"{found.items:,} labelled twice" if found.items > 1 else "1 labelled twice"
    if found.alpha is None:
        return {
            "items": found.items,
            "alpha": None,
            "text": f"{twice}, {share}; alpha needs both verdicts to occur.",
        }
    interval = f", {found.low:.2f} to {found.high:.2f}".replace("-", MINUS) if found.low is not None else ""
    return {
        "items": found.items,
        "alpha": found.alpha,
        "chip": f"alpha {found.alpha:.2f}".replace("-", MINUS),
        "tone": "good" if found.alpha >= wanted else "warn",
        "text": f"{twice}{interval}; {share}.",
    }


def _plots(access: Access, numbers: Numbers, items_url: Callable[..., str]) -> dict[str, Any]:
    report = numbers.report
    words = {reason.slug: reason.label for reason in rules_of(report.sample.dataset.project).reasons}
    groups = [
        SliceGroup(one.slug, one.label, parts, slice_words(access, one.slug, [part.value for part in parts]))
        for one in DIMENSIONS
        if (parts := numbers.slices.get(one.slug))
    ]
    return {
        "intervals": intervals_plot(report, numbers.correction, numbers.said.powered),
        "growth": growth_plot(numbers.growth, report.rules.tolerated),
        "reasons": reasons_plot(numbers.reasons, report.counts.bad, words, items_url),
        "slices": slices_plot(groups, report, items_url),
    }


def slice_words(access: Access, slug: str, values: Sequence[str]) -> dict[str, str]:
    """Say the values of a dimension as this reader may read them: authors by pseudonym, but for managers."""
    if slug == "language":
        return {value: language_name(value) if value else "not known" for value in values}
    if slug != "author":
        return value_words(slug, values)
    people = User.objects.in_bulk([int(value) for value in values if value.isdecimal()])
    return {
        value: known_as(people[int(value)], access) if value.isdecimal() else "imported" for value in values
    }
