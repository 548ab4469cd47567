from annotate.records import Conversation, Turn
from review.personal import Place, Search, Span, pieces_at, without

TALK = Conversation(
    (
        Turn("user", "Mail a@b.org", "or c@d.org", tag="human", extra={"weight": 0}),
        Turn("assistant", "+49 30 901820 is better than a@b.org"),
    ),
    {"id": 7},
)
PLACES = [
    Place(0, "content", Span(5, 12, "email")),
    Place(0, "input", Span(3, 10, "email")),
    Place(1, "content", Span(0, 13, "phone")),
    Place(1, "content", Span(29, 36, "email")),
]


def test_places_in_reading_order() -> None:
    assert Search().places(TALK.turns) == PLACES
    assert Search({"phone"}).places(TALK.turns) == PLACES[2:3]
    assert [place.key for place in PLACES] == [
        "0.content.5.12",
        "0.input.3.10",
        "1.content.0.13",
        "1.content.29.36",
    ]


def test_a_place_as_json() -> None:
    assert PLACES[1].as_json() == {"turn": 0, "field": "input", "start": 3, "end": 10, "kind": "email"}


def test_a_conversation_without_them_keeps_all_else() -> None:
    changed = without(TALK, PLACES[1:3])
    assert changed == Conversation(
        (
            Turn("user", "Mail a@b.org", "or [EMAIL]", tag="human", extra={"weight": 0}),
            Turn("assistant", "[PHONE] is better than a@b.org"),
        ),
        {"id": 7},
    )
    assert without(TALK, []) == TALK
    assert Search().places(without(TALK, PLACES).turns) == []


def test_pieces_of_one_string() -> None:
    cut = pieces_at(TALK.turns, PLACES, 1, "content")
    assert [(piece.text, piece.kind and piece.kind.placeholder) for piece in cut] == [
        ("+49 30 901820", "[PHONE]"),
        (" is better than ", None),
        ("a@b.org", "[EMAIL]"),
    ]
    assert [piece.text for piece in pieces_at(TALK.turns, PLACES, 1, "input")] == []
