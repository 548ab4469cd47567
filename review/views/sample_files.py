"""A sample's report as values and as rows, for those who work with them elsewhere, and what proves its draw."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from annotate.access import Access
from review.estimates.slices import Slice
from review.models import Sample
from review.queries.proofs import stage_facts
from review.sampling import RULE
from review.views.sample_context import slice_words
from review.views.sample_numbers import Numbers

HEAD = ("part", "name", "bad", "reviewed", "population", "share", "low", "high", "note")
COUNTS = ("bad", "reviewed", "population", "share", "low", "high")
NOTHING: tuple[Any, ...] = ("",) * len(COUNTS)

Row = tuple[Any, ...]


def report_values(access: Access, numbers: Numbers) -> dict[str, Any]:
    """Return the whole report as plain values; shares lie between 0 and 1."""
    report, agreed = numbers.report, numbers.agreement
    return {
        "project": access.project.slug,
        "dataset": numbers.sample.dataset.slug,
        **report.evidence(),
        "sentence": report.sentence,
        "recommendation": asdict(report.recommended),
        "reasons": dict(numbers.reasons),
        "slices": {
            slug: [_slice_values(part, words) for part, words in _named(access, slug, parts)]
            for slug, parts in numbers.slices.items()
        },
        "agreement": {name: getattr(agreed, name) for name in ("items", "share", "alpha", "low", "high")},
        "correction": asdict(numbers.correction),
        "powered": asdict(numbers.said.powered) if numbers.said.powered else None,
        "growth": [asdict(point) for point in numbers.growth],
        "second_looks": dict(zip(("bad_to_good", "good_to_bad"), numbers.said.overturned, strict=True)),
    }


def report_rows(access: Access, numbers: Numbers) -> Iterator[Row]:
    """Yield the report as rows under one head, a number in each cell where there is one."""
    found = numbers.report.found
    yield HEAD
    yield from _estimate_rows(numbers)
    for name in ("items", "good", "bad", "disputed", "left", "gone", "aside"):
        yield ("sampled", name, "", getattr(numbers.report.counts, name), "", "", "", "", "")
    for slug, count in numbers.reasons:
        share = count / found.bad if found.bad else ""
        yield ("reason", slug, count, "", "", share, "", "", "share of the bad ones")
    for slug, parts in numbers.slices.items():
        for part, words in _named(access, slug, parts):
            yield (slug, words, *(getattr(part.found, name) for name in COUNTS), _note(part))
    for point in numbers.growth:
        seen = (point.bad, point.reviewed, found.population, point.share, point.low, point.high)
        yield ("growth", f"after {point.reviewed}", *seen, "")


def draw_record(sample: Sample, *, sees_seed: bool) -> dict[str, Any]:
    """Return what is on record of a sample's draws; the seed itself only for those who may know it."""
    return {
        "sample": sample.pk,
        "dataset": sample.dataset.slug,
        "import": str(sample.source_import or ""),
        "rule": RULE,
        "seed": bytes(sample.seed).hex() if sees_seed else None,
        "seed_digest": sample.seed_digest,
        "draws": [stage_facts(stage) for stage in sample.stages.all()],
    }


def _estimate_rows(numbers: Numbers) -> Iterator[Row]:
    report, found, said = numbers.report, numbers.report.found, numbers.report.recommended
    whole = (found.bad, found.reviewed, found.population, found.share)
    corrected = numbers.correction
    shares = (corrected.share, corrected.low, corrected.high)
    yield ("estimate", "Wilson", *whole, found.low, found.high, report.sentence)
    yield ("estimate", "exact", *whole, found.exact_low, found.exact_high, "")
    yield ("estimate", "at most", *whole, 0.0, found.upper, "")
    yield ("estimate", "at every moment", *whole, said.low, said.high, "")
    yield ("estimate", "corrected", "", "", "", *shares, corrected.sentence)
    if powered := numbers.said.powered:
        interval = (powered.share, powered.low, powered.high)
        yield ("estimate", "with scores", "", "", powered.population, *interval, powered.sentence)
    yield ("recommendation", said.kind, *NOTHING, said.sentence)
    yield (
        "tolerated",
        "",
        "",
        "",
        "",
        report.rules.tolerated,
        "",
        "",
        f"confidence {report.rules.confidence}",
    )


def _named(access: Access, slug: str, parts: tuple[Slice, ...]) -> Iterator[tuple[Slice, str]]:
    words = slice_words(access, slug, [part.value for part in parts])
    return ((part, words.get(part.value, part.value)) for part in parts)


def _slice_values(part: Slice, words: str) -> dict[str, Any]:
    return {
        "value": words,
        **{name: getattr(part.found, name) for name in COUNTS},
        "difference": asdict(part.difference) if part.difference else None,
        "small": part.small,
        "worse": part.worse,
        "better": part.better,
    }


def _note(part: Slice) -> str:
    return "worse" if part.worse else "better" if part.better else "few" if part.small else ""
