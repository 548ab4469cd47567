import pytest

from annotate.records import Conversation, Turn

ASK, ANSWER = Turn("user", "What is 6 times 7?"), Turn("assistant", "42.")


def test_json_leaves_out_what_is_empty_and_comes_back_equal() -> None:
    turns = (
        Turn("system", "Be brief."),
        Turn("user", "Sum up.", input="A long text.", extra={"weight": 0}),
        Turn("assistant", "", tag="function_call"),
    )
    conversation = Conversation(turns, {"id": 7})
    assert conversation.as_json() == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Sum up.", "input": "A long text.", "extra": {"weight": 0}},
        {"role": "assistant", "content": "", "tag": "function_call"},
    ]
    assert Conversation.from_json(conversation.as_json(), {"id": 7}) == conversation


@pytest.mark.parametrize(
    ("turn", "text"),
    [
        (Turn("user", "Sum up."), "Sum up."),
        (Turn("user", "Sum up.", input="A text."), "Sum up.\n\nA text."),
    ],
)
def test_a_turns_text_ends_with_its_input(turn: Turn, text: str) -> None:
    assert turn.text == text


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("one two", "one two"),
        ("  one\n\ttwo  ", "one two"),
        ("a b c d e f g h i j k l", "a b c d e f g h i j k l"),
        ("a b c d e f g h i j k l m", "a b c d e f g h i j k l…"),
        ("x" * 90, "x" * 90),
        ("x" * 91, "x" * 90 + "…"),
        ("x " + "y" * 10_000, "x " + "y" * 88 + "…"),
        ("", ""),
    ],
)
def test_the_title_is_the_first_words_of_the_first_user_turn(words: str, title: str) -> None:
    assert Conversation((Turn("system", "Not this."), Turn("user", words), ASK)).title() == title


def test_only_a_text_without_a_user_turn_has_a_title() -> None:
    assert Conversation((ANSWER,)).title() == ""
    assert Conversation((Turn("assistant", "Bread rises.", tag="text"),)).title() == "Bread rises."
    assert Conversation((Turn("assistant", "Q.", tag="text"), Turn("user", "Why?"))).title() == "Why?"


@pytest.mark.parametrize(
    "other",
    [
        (),
        (ASK,),
        (ANSWER, ASK),
        (Turn("system", ASK.content), ANSWER),
        (ASK, Turn("assistant", "42. ")),
        (Turn("user", ASK.content, input="x"), ANSWER),
        (Turn("user", "", input=ASK.content), ANSWER),
        (Turn("user", ASK.content + "9:assistant:3:0:42."),),
    ],
)
def test_the_hash_tells_texts_and_roles_apart(other: tuple[Turn, ...]) -> None:
    assert Conversation((ASK, ANSWER)).content_hash() != Conversation(other).content_hash()


def test_the_hash_has_16_bytes_that_never_change_and_ignores_tags_and_metadata() -> None:
    tagged = Conversation((Turn("user", ASK.content, tag="user", extra={"a": 1}), ANSWER), {"id": 1})
    assert tagged.content_hash() == Conversation((ASK, ANSWER)).content_hash()
    assert tagged.content_hash().hex() == "08446c2458c5471243989ff2aab5d568"


def test_any_text_has_a_hash() -> None:
    assert len(Conversation((Turn("user", "\ud83d\0😀"),)).content_hash()) == 16
