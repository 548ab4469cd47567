"""The stylesheets: contrast of the tokens by day and by night, and one place for colours."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TOKENS = {name: (day, night) for name, day, night in PAIR.findall((CSS / "tokens.css").read_text())}

SURFACES = ("paper", "surface", "sunken")
WASHES = [(name, f"{name}-wash") for name in ("good", "bad", "warn", "changed", "accent")]
TEXT = [
    *((text, surface) for text in ("ink", "muted", "accent", "good", "bad", "warn") for surface in SURFACES),
    *WASHES,
    *(("ink", wash) for _, wash in WASHES),
    *(("muted", wash) for _, wash in WASHES),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
]
CONTROLS = [
    *((mark, surface) for mark in ("edge", "accent") for surface in SURFACES),
    ("accent", "line"),
    ("accent", "accent-wash"),
]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, by WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21, by WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out_4_5_to_1(text: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("mark", "ground"), CONTROLS)
def test_controls_stand_out_3_to_1(mark: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[mark][theme], TOKENS[ground][theme]) >= 3


def test_contrast_of_known_colours() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("sheet", ["base.css", "components.css"])
def test_colours_are_named_only_among_the_tokens(sheet: str) -> None:
    body = (CSS / sheet).read_text().split("@media print")[0]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl", body) == []


@pytest.mark.parametrize("sheet", ["base.css", "components.css"])
def test_every_token_that_is_used_exists(sheet: str) -> None:
    local = {"tone", "wash"}
    known = set(re.findall(r"--([\w-]+):", (CSS / "tokens.css").read_text())) | local
    assert set(re.findall(r"var\(--([\w-]+)", (CSS / sheet).read_text())) <= known
