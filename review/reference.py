"""Writes the reference pages of scorers, limits and features from their registries: `python -m review.reference`."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.limits import LIMITS, Limit, number
from review.quality.page import features_page
from review.scorers import GROUPING, JUDGED, JUDGED_FIELDS, LEARNT, LEARNT_FIELDS, SCORERS
from review.scorers.base import Option, Scorer
from review.wellformed.issues import ISSUES

PAGES = Path(__file__).resolve().parents[1] / "docs" / "reference"

# What is stored of an example, one row per field: its kind and its meaning.
FIELDS: dict[str, tuple[str, str]] = {
    "format_issues": ("list of slugs", "each kind of fault that was found, once"),
    "format_blocks": ("whole number", "how many of them block"),
    "format_warns": ("whole number", "how many of them only warn"),
    "tokens": ("whole number", "the tokens of the whole example"),
    "turn_tokens": ("list of whole numbers", "the tokens of each turn, in their order"),
    "exact_hash": ("32 hexadecimal digits", "the hash of the normalised conversation"),
    "prompt_hash": ("32 hexadecimal digits", "the same of everything before the last answer"),
    "toxicity": ("0 to 1", "the highest score of all windows of all turns"),
    "toxicity_prompt": ("0 to 1", "the highest outside assistant turns"),
    "toxicity_answer": ("0 to 1", "the highest in assistant turns"),
    "personal_data": ("whole number", "how many spans of personal data all turns hold"),
    "contamination": (
        "0 to 1",
        "the largest share of an evaluation item that the example holds; 1 is the whole",
    ),
    "quality": ("0 to 1", "how probably the project's reviewers call it good, by the active classifier"),
    "judge": ("1 to 5", "what a model says of it by the project's rubric; 5 is best"),
    "language": ("text", "ISO 639-1 or 639-3 code; `und` where nothing is sure"),
    "language_certainty": ("0 to 1", "how sure that is"),
    "exact_copy": ("0 or 1", "1 where another example that says the same is preferred"),
    "prompt_twins": ("whole number", "how many other examples give the same prompt another answer"),
    "near_similarity": (
        "0 to 1",
        "highest Jaccard similarity to another example of its cluster; 0 for the one that is kept, or alone",
    ),
    "semantic_similarity": (
        "0 to 1",
        "highest cosine similarity to another example of its cluster; 0 for the one that is kept, or alone",
    ),
}
# Where the bounds of a new project come from.
WHY: dict[str, str] = {
    "format": "What blocks is a fault wherever it stands; a training file with it teaches the fault.",
    "length": "Under 50 tokens there is seldom an instruction and an answer worth learning from; over 4,096 an"
    " example no longer fits the context that many fine-tuning runs use.",
    "exact": "A copy adds weight and no knowledge, and puts the same text on both sides of a split.",
    "same-prompt": "Two answers to one instruction may both be good: a person should see them together.",
    "near": "At 0.7 a record with one word in ten edited is still found, and filled-in templates are not.",
    "semantic": "Off: it needs a model for embeddings, and the right bound depends on that model.",
    "toxicity": "Words alone do not show harm: what is flagged is for a person to judge.",
    "personal-data": "What was found can be replaced; a person decides.",
    "quality": "Off until a manager sets it: what a model learnt from labels decides nothing by itself.",
    "judge": "Off until a manager sets it. What was not asked about is kept: a judge is asked as far as its budget"
    " goes, and an example shall not be lost because the budget ended before it.",
    "contamination": "A model that saw the test items in training can no longer be tested with them.",
}
GROUPED = ("exact", "same-prompt", "near", "semantic")
GROUPS = """\
Finds what no scorer of single examples can: which examples of a project belong together. It runs by itself after a
screening, over everything measured in the project. Exact copies are those of equal `exact_hash`. Near duplicates are
found by MinHash signatures of 128 permutations in 25 bands of 5 rows; every pair found so is then compared by the exact
Jaccard similarity of its shingles. Connected pairs make a cluster, of which one example is kept: by a person before
edited before imported, then the better label, then the longer, then the older.
"""

LEARNS = """\
How probably the project's reviewers would call an example good, learnt from their labels. It measures nothing until
a manager activates a version of the classifier, which is a job of its own: every example of the project gets a value
then, and so does what is written or edited later. How it learns and how far it can be trusted:
[the quality classifier](../../explanation/quality-classifier.md).
"""

JUDGES = """\
What a model says of an example by the rubric that a manager wrote, from 1 to 5 with a reason. It measures nothing
until a manager has it asked, within a budget, by a server that the site's operator has named: so most examples of a
large project have no value, and that is no lack. A score is a value like any other, measured against the labels and
never a label itself. How it is asked, and what that is worth: [have a model judge](../../how-to/judge.md).
"""

INDEX = """\
# Scorers and limits

This page and those of the scorers are written from the code by `make docs`.

A scorer measures every example; a limit says which values are kept. Values are stored once for each revision of an
example. What is kept follows from the values and the limits each time it is asked, so a limit can be moved and
nothing is ever lost. A scorer has a version, which is raised when the same text may get another value: what an older
version measured is measured anew, and so is what was measured by other options.

An example that any limit drops is **dropped**, with a reason for each limit that drops it; the funnel counts it at
the first of them. An example that no limit drops but some limit cannot judge and holds back, because its value is not
known, is **unmeasured**. Only the rest is **kept**. A limit that flags drops nothing: it marks what a person should
look at. A manager can rule on an example by hand; that counts more than any limit. Bounds belong to what is kept, but
for a maximum that says "less than".
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about: a scorer, or the grouping of duplicates."""

    slug: str
    label: str
    version: int
    prose: str
    fields: tuple[str, ...]
    options: tuple[Option, ...]


def pages() -> dict[Path, str]:
    """Return every page by its path below docs/reference."""
    found = {Path("scorers") / f"{subject.slug}.md": _page(subject) for subject in subjects()}
    return {
        Path("scorers.md"): _index_page(),
        Path("quality-features.md"): features_page(),
        **found,
    }


def subjects() -> list[Subject]:
    """Return what has a page, in the order of the funnel."""
    slug, version, options = GROUPING
    measured = {field for scorer in SCORERS for field in scorer.fields}
    grouped = (limit.field for limit in LIMITS if limit.slug in GROUPED)
    fields = tuple(field for field in grouped if field not in measured)
    groups = Subject(slug, "Groups of duplicates", version, GROUPS, fields, options)
    learns = Subject(LEARNT[0], "Quality classifier", LEARNT[1], LEARNS, LEARNT_FIELDS, LEARNT[2])
    judges = Subject(JUDGED[0], "Judge", JUDGED[1], JUDGES, JUDGED_FIELDS, JUDGED[2])
    return [*map(_of_scorer, SCORERS), groups, learns, judges]


def _of_scorer(scorer: Scorer) -> Subject:
    prose = inspect.getdoc(type(scorer)) or ""
    return Subject(scorer.slug, scorer.label, scorer.version, f"{prose}\n", scorer.fields, scorer.options)


def _index_page() -> str:
    rows = [
        (f"[`{about.slug}`](scorers/{about.slug}.md)", about.label, about.version, _codes(about.fields))
        for about in subjects()
    ]
    parts = [INDEX, "## Scorers\n", _table(("slug", "name", "version", "values"), rows)]
    return "\n".join([*parts, *(_limit_section(limit) for limit in LIMITS)])


def _page(about: Subject) -> str:
    values = [(f"`{field}`", *FIELDS[field]) for field in about.fields]
    parts = [f"# {about.label}\n\nScorer `{about.slug}`, version {about.version}.\n", about.prose]
    parts += ["## Values\n", _table(("field", "kind", "meaning"), values)]
    parts += _issues() if about.slug == "format" else ()
    parts += ["## Options\n", *(map(_option, about.options) if about.options else ["None.\n"])]
    read = [limit for limit in LIMITS if limit.field in about.fields]
    links = [f"- [{limit.label}](../scorers.md#limit-{limit.slug})" for limit in read]
    return "\n".join([*parts, "## Limits\n", *(links or ["None reads it."])]) + "\n"


def _issues() -> Iterator[str]:
    yield "## Issues\n"
    yield "What blocks counts towards the limit; what warns is shown beside the example and drops nothing.\n"
    yield _table(
        ("issue", "severity", "what it says"),
        [(f"`{issue.slug}`", issue.severity, issue.sentence) for issue in ISSUES],
    )
    yield "### How each is found\n"
    yield "".join(f"- `{issue.slug}`: {issue.rule}\n" for issue in ISSUES)


def _option(option: Option) -> str:
    lines = [
        f"### `{option.slug}`\n\n{option.label}. Default: {_default(option.default)}.\n\n{option.source}\n"
    ]
    if option.choices:
        lines.append(_table(("value", "meaning"), [(f"`{value}`", label) for value, label in option.choices]))
    return "\n".join(lines)


def _default(default: Any) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, list | tuple):
        return _codes(default) or "none"
    return f"`{default}`" if default != "" else "empty"


def _limit_section(limit: Limit) -> str:
    unknown = {"hold": "holds the example back", "keep": "keeps it", "drop": "drops it"}[limit.unknown]
    does = "drops" if limit.drops else "flags"
    return (
        f"## Limit: {limit.slug}\n\n{limit.label}. Reads `{limit.field}`; a new project keeps {_bounds(limit)}. It"
        f" {does} what lies outside. An unknown value {unknown}.\n\n{WHY[limit.slug]}\n"
    )


def _bounds(limit: Limit) -> str:
    words = []
    if limit.minimum is not None:
        words.append(f"at least {number(limit.minimum)}")
    if limit.maximum is not None:
        words.append(f"{'less than' if limit.below else 'at most'} {number(limit.maximum)}")
    return " and ".join(words) or "everything (it is off)"


def _codes(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|")


def write() -> None:
    """Write every page, and remove those of scorers that are no more."""
    written = pages()
    for path, text in written.items():
        (PAGES / path).parent.mkdir(exist_ok=True)
        (PAGES / path).write_text(text, "utf-8")
    for path in (PAGES / "scorers").glob("*.md"):
        if path.relative_to(PAGES) not in written:
            path.unlink()


if __name__ == "__main__":
    write()
