"""Every scorer, issue and limit is documented, and what the pages say is what the code does."""

import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from review.limits import LIMITS
from review.sampling import draw, population_digest
from review.scorers import SCORERS
from review.scorers.format import ISSUES

DOCS = Path(__file__).resolve().parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "scorers.md").read_text("utf-8")


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.+)$", REFERENCE, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_scorer_and_limit_has_its_heading_in_the_order_of_the_funnel() -> None:
    scorers = [f"Scorer: `{scorer.slug}`" for scorer in SCORERS]
    limits = [f"Limit: `{limit.slug}`" for limit in LIMITS]
    assert list(sections()) == scorers + limits


def test_every_field_of_a_scorer_stands_in_its_section() -> None:
    for scorer in SCORERS:
        rows = re.findall(
            r"^\| `(\w+)` \| (?!blocks|warns)", sections()[f"Scorer: `{scorer.slug}`"], re.MULTILINE
        )
        assert tuple(rows) == scorer.fields


def test_every_format_issue_stands_in_the_table_word_for_word() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (blocks|warns) \| (.+) \|$", REFERENCE, re.MULTILINE)
    assert rows == [(issue.slug, issue.severity, issue.sentence) for issue in ISSUES]


def test_every_limit_names_its_field_and_bounds() -> None:
    for limit in LIMITS:
        section = sections()[f"Limit: `{limit.slug}`"]
        assert f"Reads `{limit.field}`" in section
        for words, bound in (("at least", limit.minimum), ("at most", limit.maximum)):
            assert (f"{words} {bound:,}" in section) if bound is not None else (words not in section)


def test_the_script_on_the_sampling_page_recomputes_a_draw(tmp_path: Path) -> None:
    page = (DOCS / "explanation" / "sampling.md").read_text("utf-8")
    (script,) = re.findall(r"^```python\n(.+?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "verify.py").write_text(script, "utf-8")
    ids = [UUID(int=number * 7**40 % 2**128) for number in range(200)]
    (tmp_path / "ids.txt").write_text("".join(f"{public_id}\n" for public_id in ids), "ascii")
    seed = bytes(range(32))
    command = [sys.executable, str(tmp_path / "verify.py"), str(tmp_path / "ids.txt"), seed.hex(), "60"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    drawn = draw(ids, seed, 60)
    assert printed == [
        "population 200",
        f"digest {population_digest(ids)}",
        f"bound {drawn.bound.hex()}",
        *map(str, drawn.chosen),
    ]
