"""What import-linter cannot see: addresses, templates and dotted names as text."""

import re

import pytest

from config.environ import ROOT

# A package that is named as code, not a word of a sentence: review.models, "review:stream", review/page.html.
NAMED = r"\b(?:{packages})(?:\.\w|:\w|/\w)|\b(?:from|import) (?:{packages})\b|[\"'](?:{packages})[\"']"
BELOW = {"annotate": "review", "jobs": "review|annotate", "accounts": "review|annotate|jobs"}


@pytest.mark.parametrize("package", BELOW)
def test_a_package_does_not_name_those_above_it(package: str):
    naming = re.compile(NAMED.format(packages=BELOW[package]))
    folders = (ROOT / package, ROOT / "templates" / package)
    files = [
        path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".html", ".txt")
    ]
    assert files
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if naming.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("from review.models import Label", True),
        ("    import review", True),
        ('url = reverse("review:stream")', True),
        ("{% include 'review/card.html' %}", True),
        ('INSTALLED = "review"', True),
        ("# Shown beside the editor and in review.", False),
        ("REVIEWER = 'reviewer'", False),
        ("def reviews(self) -> bool:", False),
        ("a review of what was written", False),
    ],
)
def test_the_rule_tells_code_from_words(line: str, caught: bool):
    assert bool(re.search(NAMED.format(packages="review"), line)) is caught
