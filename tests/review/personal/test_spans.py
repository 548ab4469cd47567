import pytest

from review.personal import KINDS, Piece, Span, pieces, replaced
from review.personal.spans import BY_SLUG, apart

TEXT = "Write to a@b.org or call +49 30 901820."
SPANS = [Span(9, 16, "email"), Span(25, 38, "phone")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([], []),
        ([Span(4, 9, "ip"), Span(0, 4, "email")], [Span(0, 4, "email"), Span(4, 9, "ip")]),
        ([Span(0, 4, "email"), Span(3, 9, "phone")], [Span(3, 9, "phone")]),
        ([Span(0, 9, "phone"), Span(0, 9, "card")], [Span(0, 9, "card")]),
        (
            [Span(2, 5, "secret"), Span(0, 9, "iban"), Span(9, 12, "ip")],
            [Span(0, 9, "iban"), Span(9, 12, "ip")],
        ),
    ],
)
def test_the_longest_stands_then_the_most_specific(given: list[Span], kept: list[Span]) -> None:
    assert apart(given) == kept
    assert apart(given[::-1]) == kept


def test_pieces_joined_are_the_text() -> None:
    cut = pieces(TEXT, SPANS[::-1])
    assert "".join(piece.text for piece in cut) == TEXT
    assert [(piece.text, piece.kind and piece.kind.slug) for piece in cut] == [
        ("Write to ", None),
        ("a@b.org", "email"),
        (" or call ", None),
        ("+49 30 901820", "phone"),
        (".", None),
    ]
    assert pieces("plain", []) == [Piece("plain")]
    assert pieces("", []) == []


def test_replaced_by_typed_place_holders() -> None:
    assert replaced(TEXT, SPANS) == "Write to [EMAIL] or call [PHONE]."
    assert replaced(TEXT, []) == TEXT


def test_kinds_are_known_by_slug_and_place_holder() -> None:
    assert len(BY_SLUG) == len({kind.placeholder for kind in KINDS}) == len(KINDS)
