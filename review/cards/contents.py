"""What a release holds: how many examples, in which format and order, of which datasets."""

from annotate.formats import by_slug
from review.cards.front import UNTOLD
from review.cards.writing import counted, heading, many, place, table, words
from review.manifests import Manifest

SOURCES = {
    "human": "human annotation",
    "scraped": "web scraping",
    "self_instruct": "Self-Instruct",
    "evol_instruct": "Evol-Instruct",
    "teacher": "synthetic from teacher",
    "existing": "existing dataset",
}


def contents(manifest: Manifest) -> str:
    """Return the title, one sentence, and the datasets with their licences."""
    day, label = manifest.created_at[:10], by_slug(manifest.format).label
    said = (
        f"{many(manifest.counts.examples, 'example')} in the {label} format, of the project {words(manifest.project)}, "
        f"released on {day} with Winnow {words(manifest.winnow)}. All that stands here stands in `manifest.json` too."
    )
    rows = [
        (
            words(one.name),
            f"{manifest.counts.by_dataset.get(one.dataset, 0):,}",
            words(SOURCES.get(one.source, one.source)),
            words(one.licence) or "not stated",
            place(one.origin) or "not stated",
        )
        for one in manifest.datasets
    ]
    held = table(("Dataset", "Examples", "Source", "Licence", "Origin"), rows, numbers=[1])
    parts = [heading(words(manifest.release), 1), said, "\n\n", heading("What it holds"), held]
    return "".join([*parts, _languages(manifest), _order(manifest)])


def _languages(manifest: Manifest) -> str:
    found = counted(manifest.counts.by_language)
    if not found:
        return ""
    told = [f"{words(code)} {count:,}" for code, count in found if code not in UNTOLD]
    told += [f"not told {sum(count for code, count in found if code in UNTOLD):,}"]
    return f"\nLanguages, as a model told them: {', '.join(part for part in told if part != 'not told 0')}.\n"


def _order(manifest: Manifest) -> str:
    if manifest.order.by == "score":
        last = f"; {manifest.order.unscored:,} without a score stand last" if manifest.order.unscored else ""
        return f"\nIts lines stand by the quality classifier's score, the best first{last}.\n"
    return (
        "\nIts lines stand in the order of the datasets, and in each in the order in which examples came.\n"
    )
