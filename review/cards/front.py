"""The front matter of a card: the YAML by which dataset hubs list a dataset and find its file.

The keys and the words for sizes, tasks and licences are those of the Hugging Face hub's dataset cards.
"""

from collections.abc import Iterator

from review.cards.writing import plain, quoted
from review.manifests import Manifest

TASK = "text-generation"
# A language of fewer examples than this may be a wrong guess.
LEAST_OF_A_LANGUAGE = 0.01
UNTOLD = {"", "und", "zxx"}
SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"),
)  # fmt: skip
LARGEST = "1B<n<10B"
# Licences that hubs know by these names; any other is told as it was written.
LICENCES = {
    "afl-3.0", "agpl-3.0", "apache-2.0", "artistic-2.0", "bsd-2-clause", "bsd-3-clause", "bsl-1.0", "c-uda",
    "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0",
    "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0",
    "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0",
    "epl-2.0", "eupl-1.2", "gfdl", "gpl-2.0", "gpl-3.0", "isc", "lgpl-2.1", "lgpl-3.0", "mit", "mpl-2.0", "ms-pl",
    "odbl", "odc-by", "ofl-1.1", "pddl", "unlicense", "wtfpl", "zlib",
}  # fmt: skip


def front_matter(manifest: Manifest) -> str:
    """Return the YAML between a card's two fences."""
    lines = [f"pretty_name: {quoted(manifest.release)}", *_licence(manifest)]
    if codes := languages(manifest):
        lines += ["language:", *(f"- {quoted(code)}" for code in codes)]
    lines += ["size_categories:", f"- {size_of(manifest.counts.examples)}", "task_categories:", f"- {TASK}"]
    # Else a hub would take the manifest for data as well.
    lines += ["configs:", "- config_name: default", "  data_files:"]
    for file in manifest.files:
        if file.examples:
            lines += ["  - split: train", f"    path: {quoted(file.path)}"]
    return "".join(f"{line}\n" for line in lines)


def languages(manifest: Manifest) -> list[str]:
    """Return the codes of the languages that enough of the examples are in, the most frequent first."""
    counts = {code: count for code, count in manifest.counts.by_language.items() if code not in UNTOLD}
    least = LEAST_OF_A_LANGUAGE * sum(manifest.counts.by_language.values())
    return sorted(
        (code for code, count in counts.items() if count >= least), key=lambda code: (-counts[code], code)
    )


def size_of(examples: int) -> str:
    """Return the hub's word for so many examples."""
    return next((name for most, name in SIZES if examples < most), LARGEST)


def licence_of(manifest: Manifest) -> str:
    """Return the licence under which all released datasets come, as it is written; empty where they differ."""
    released = [one for one in manifest.datasets if manifest.counts.by_dataset.get(one.dataset)]
    found = {plain(one.licence) for one in released}
    return found.pop() if len(found) == 1 else ""


def _licence(manifest: Manifest) -> Iterator[str]:
    licence = licence_of(manifest)
    known = licence.lower().replace(" ", "-")
    if known in LICENCES:
        yield f"license: {known}"
    elif licence:
        yield "license: other"
        yield f"license_name: {quoted(licence)}"
