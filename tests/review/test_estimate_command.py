"""The command that says what counts alone tell; none of the tests may touch the database."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from review.estimates import Gold, clopper_pearson, corrected, estimate, recommend

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "estimate.md"
COUNTS = ("--bad", "20", "--reviewed", "500", "--population", "10000")


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    call_command("estimate", *words)
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_all_numbers_are_printed_as_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, *COUNTS)
    binomial = clopper_pearson(20, 500)
    assert binomial is not None
    assert said["sentence"] == (
        "20 of 500 reviewed are bad: 4.0 % (2.6 to 6.1 %). With 95 % confidence at most 5.8 % of the 10,000 are."
    )
    found = estimate(20, 500, 10_000)
    assert (said["share"], said["upper"], said["at_most"]) == (found.share, found.upper, 571)
    assert said["wilson"] == {"low": found.low, "high": found.high}
    assert said["exact"] == {"low": 0.025, "high": 0.0605}
    assert said["sequence"] == {"low": 0.0186, "high": 0.0732}
    assert said["clopper_pearson"] == asdict(binomial)
    assert said["recommendation"] == asdict(recommend(20, 500, 10_000, tolerated=0.05))
    assert said["correction"] is None


def test_every_option_is_heard(capsys: pytest.CaptureFixture[str]) -> None:
    options = "--tolerated 0.02 --confidence 0.9 --unsettled 4 --left 30 --gold-bad 46/50 --gold-good 97/100"
    said = told(capsys, *COUNTS, *options.split())
    assert (said["tolerated"], said["confidence"]) == (0.02, 0.9)
    assert said["recommendation"] == asdict(
        recommend(20, 500, 10_000, tolerated=0.02, confidence=0.9, unsettled=4, left=30)
    )
    assert said["correction"] == asdict(corrected(20, 500, Gold(46, 50, 97, 100), 0.9))


def test_nothing_reviewed_prints_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, "--bad", "0", "--reviewed", "0", "--population", "300")
    assert (said["share"], said["wilson"], said["clopper_pearson"]) == (None, None, None)
    assert said["sentence"] == "Nothing is reviewed yet."


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--bad", "21", "--reviewed", "20", "--population", "100"), "no interval for 21 of 20"),
        (("--bad", "1", "--reviewed", "200", "--population", "100"), "200 reviewed of only 100"),
        (("--bad", "-1", "--reviewed", "20", "--population", "100"), "no interval for -1 of 20"),
        ((*COUNTS, "--tolerated", "5"), "the tolerated share must be from 0 to below 1, not 5.0"),
        ((*COUNTS, "--confidence", "95"), "at confidence 95.0"),
        ((*COUNTS, "--confidence", "nan"), "at confidence nan"),
        ((*COUNTS, "--unsettled", "9501"), "500 reviewed and 9501 unsettled of only 10000"),
        ((*COUNTS, "--gold-bad", "51/50", "--gold-good", "9/10"), "no correction of 20 of 500"),
        ((*COUNTS, "--gold-bad", "46/50"), "--gold-bad and --gold-good go together"),
    ],
)
def test_numbers_that_cannot_be_are_refused(words: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=re.escape(reason)) as refused:
        call_command("estimate", *words)
    assert refused.value.returncode == 2


@pytest.mark.parametrize("words", [COUNTS[:4], (*COUNTS, "--gold-bad", "46"), (*COUNTS[:5], "many")])
def test_words_that_are_no_numbers_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("estimate", *words)


def test_the_page_names_every_key_and_option_and_shows_what_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = PAGE.read_text("utf-8")
    said = told(capsys, *COUNTS)
    assert set(re.findall(r"`(\w+)`", page)) >= set(said)
    for option in ("tolerated", "confidence", "unsettled", "left", "gold-bad", "gold-good"):
        assert f"`--{option}" in page
    shown = json.loads(page.split("```json\n")[1].split("```")[0])
    assert shown == said
