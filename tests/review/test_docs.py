"""Every scorer, issue and limit is documented, and what the pages say is what the code does."""

import gzip
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from review.limits import LIMITS
from review.reference import PAGES, pages
from review.sampling import draw, population_digest
from review.scorers import SCORERS
from review.wellformed.issues import ISSUES

STANDARD = sys.stdlib_module_names
DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_pages_of_scorers_and_limits_are_what_the_code_says() -> None:
    written = {path: (PAGES / path) for path in pages()}
    assert [str(path) for path, file in written.items() if not file.exists()] == [], "run `make docs`"
    stale = [str(path) for path, text in pages().items() if written[path].read_text("utf-8") != text]
    assert stale == [], "run `make docs`"
    kept = {path.relative_to(PAGES) for path in (PAGES / "scorers").glob("*.md")}
    assert kept <= set(pages()), "run `make docs`"


def test_every_scorer_has_a_page_with_its_values_and_options() -> None:
    for scorer in SCORERS:
        page = pages()[Path("scorers") / f"{scorer.slug}.md"]
        assert re.findall(
            r"^\| `(\w+)` \| ", page.split("## Values")[1].split("\n## ")[0], re.MULTILINE
        ) == list(scorer.fields)
        assert re.findall(r"^### `([\w-]+)`$", page, re.MULTILINE) == [
            option.slug for option in scorer.options
        ]


def test_every_format_issue_stands_on_its_page_word_for_word() -> None:
    page = pages()[Path("scorers/format.md")]
    rows = re.findall(r"^\| `([\w-]+)` \| (blocks|warns) \| (.+) \|$", page, re.MULTILINE)
    assert rows == [(issue.slug, issue.severity, issue.sentence) for issue in ISSUES]


def test_every_limit_names_its_field_and_bounds() -> None:
    sections = dict(
        re.findall(
            r"^## Limit: ([\w-]+)$(.+?)(?=^## |\Z)", pages()[Path("scorers.md")], re.MULTILINE | re.DOTALL
        )
    )
    assert list(sections) == [limit.slug for limit in LIMITS]
    for limit in LIMITS:
        assert f"Reads `{limit.field}`" in sections[limit.slug]
        most = "less than" if limit.below else "at most"
        for words, bound in (("at least", limit.minimum), (most, limit.maximum)):
            asked = words if bound is None else f"{words} {bound:,}"
            assert (asked in sections[limit.slug]) is (bound is not None)


@pytest.mark.parametrize("name", ["ids.txt", "ids.txt.gz"])
def test_the_script_on_the_page_recomputes_a_draw_as_the_command_does(tmp_path: Path, name: str) -> None:
    page = (DOCS / "how-to" / "verify-a-sample.md").read_text("utf-8")
    (script,) = re.findall(r"^```python\n(.+?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(script.splitlines()) <= 20
    assert {
        line.split()[1] for line in script.splitlines() if line.startswith(("import", "from"))
    } <= STANDARD
    (tmp_path / "verify.py").write_text(script, "utf-8")
    ids = [UUID(int=number * 7**40 % 2**128) for number in range(200)]
    lines = "".join(f"{public_id}\n" for public_id in ids).encode()
    (tmp_path / name).write_bytes(gzip.compress(lines) if name.endswith("gz") else lines)
    seed = bytes(range(32))
    command = [sys.executable, str(tmp_path / "verify.py"), str(tmp_path / name), seed.hex(), "60"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    drawn, out = draw(ids, seed, 60), StringIO()
    # No database is open to this test.
    call_command("verify_sample", ids=tmp_path / name, seed=seed.hex(), size=60, stdout=out)
    assert (
        out.getvalue().splitlines()
        == printed
        == [
            "population 200",
            f"digest {population_digest(ids)}",
            f"bound {drawn.bound.hex()}",
            *map(str, drawn.chosen),
        ]
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"seed": "00" * 32, "size": 3, "digest": "00" * 32},
            f"The digest is {population_digest(UUID(int=number) for number in range(4))} and not 00",
        ),
        ({"seed": "00" * 32, "size": 3, "bound": "00" * 32}, "The bound is "),
        ({"seed": "00" * 32}, "With --ids, --seed takes 64 hexadecimal digits and --size a number from 1."),
        ({"seed": "00" * 31, "size": 3}, "With --ids, --seed takes 64 hexadecimal digits"),
        ({"seed": "kitchen", "size": 3}, "The seed is not hexadecimal."),
        (
            {"seed": "00" * 32, "size": 3, "more": "00000000-0000-0000-0000-000000000001\n"},
            "The list of ids is broken",
        ),
        ({"seed": "00" * 32, "size": 3, "more": "bread\n"}, "The list of ids is broken: line 5 is no id."),
    ],
)
def test_a_list_that_does_not_fit_fails_the_command(tmp_path: Path, asked: dict[str, Any], said: str) -> None:
    lines = "".join(f"{UUID(int=number)}\n" for number in range(4)) + asked.pop("more", "")
    (tmp_path / "ids.txt").write_text(lines, "ascii")
    with pytest.raises(CommandError) as refusal:
        call_command("verify_sample", ids=tmp_path / "ids.txt", stdout=StringIO(), **asked)
    assert str(refusal.value).startswith(said)
