"""Which texts say the same, and which do not, as a table."""

# ruff: noqa: RUF001

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xxhash import xxh3_128_hexdigest

from annotate.records import Conversation, Turn
from review.normal import normal
from review.scorers.base import Resources
from review.scorers.exact import Exact

measure = Exact().prepare({}, Resources())


def hashes(*turns: Turn) -> tuple[str, str]:
    (values,) = measure([Conversation(turns)])
    return values["exact_hash"], values["prompt_hash"]


def exchange(question: str, answer: str) -> tuple[Turn, Turn]:
    return Turn("user", question), Turn("assistant", answer)


@pytest.mark.parametrize(
    ("one", "other", "are_equal"),
    [
        ("Why is it?", "why IS it?", True),
        ("Why is it?", "  Why\tis\n\nit? ", True),
        ("Why\u00a0is\u3000it?", "Why is it?", True),
        ("caf\u00e9", "cafe\u0301", True),
        ("STRASSE", "straße", True),
        ("It rains.", "It rains", True),
        ("下雨。", "下雨", True),
        ("(It rains.)", "(It rains)", False),
        ("(It rains).", "(It rains)", True),
        ("“It” rains", '"It" rains', True),
        ("It’s wet", "It's wet", True),
        ("«It»", '"It"', True),
        ("rain \u2013 sun \u2014 rain", "rain - sun - rain", True),
        ("5 \u2212 3", "5 - 3", True),
        ("wait\u2026", "wait...", True),
        ("soft\u00adhyphen", "softhyphen", True),
        ("\ufefftext", "text", True),
        ("", " \n", True),
        ("2-1", "21", False),
        ("2-1", "2 1", False),
        ("-5", "5", False),
        ("1.5", "15", False),
        ("a > b", "a < b", False),
        ("a = b", "a == b", False),
        ("x--", "x-", False),
        ("Yes?", "Yes", False),
        ("Yes!", "Yes", False),
        ("wait...", "wait", False),
        ("wait..", "wait.", False),
        (".", "", False),
        ("...", ".", False),
        ("!!!", "???", False),
        ("\u200b", "", False),
        ("\u200b", "\u2060", False),
        ("it's", 'it"s', False),
        ("its", "it's", False),
        ("C", "C#", False),
        ("a b", "ab", False),
        ("naïve", "naive", False),
        ("می\u200cخواهم", "میخواهم", False),
        ("5\u2032", "5'", False),
    ],
)
def test_normal_forms(one: str, other: str, are_equal: bool) -> None:
    assert (normal(one) == normal(other)) is are_equal
    assert (hashes(*exchange("q", one))[0] == hashes(*exchange("q", other))[0]) is are_equal


@given(st.text(max_size=40) | st.text("aA .\u00ad\u200b\u2026-'\n", max_size=12))
def test_a_normal_form_is_its_own(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_ascii_texts_take_the_short_way_to_the_same_form(text: str) -> None:
    # A combining mark makes the text take the long way, and drops out again with the word it stands in.
    long_way = normal(f"{text} \u0301x")
    assert long_way.removesuffix("\u0301x").rstrip() in {normal(text), normal(text) + "."}


def test_the_hash_is_xxh3_of_roles_and_normal_forms() -> None:
    whole, prompt = hashes(*exchange("Why is it?", "So it is."))
    assert whole == xxh3_128_hexdigest(b"user\twhy is it?\nassistant\tso it is")
    assert prompt == xxh3_128_hexdigest(b"user\twhy is it?")


def test_roles_and_borders_of_turns_count() -> None:
    turns = Turn("user", "a"), Turn("assistant", "b")
    others = [
        (Turn("assistant", "a"), Turn("user", "b")),
        (Turn("user", "a b"),),
        (Turn("user", "a\nassistant\tb"),),
        (Turn("system", ""), *turns),
        (*turns, Turn("user", ""), Turn("assistant", "")),
    ]
    assert len({hashes(*turns)[0], *(hashes(*other)[0] for other in others)}) == len(others) + 1


def test_metadata_and_words_for_roles_do_not_count() -> None:
    tagged = Turn("user", "a", tag="prompter", extra={"id": 7}), Turn("assistant", "b", extra={"score": 1})
    assert hashes(*tagged) == hashes(*exchange("a", "b"))


def test_an_input_is_part_of_the_instruction() -> None:
    apart = Turn("user", "Add.", input="1, 2"), Turn("assistant", "3")
    assert hashes(*apart) == hashes(*exchange("Add.\n\n1, 2", "3"))


def test_calls_beside_the_text_count_but_for_their_ids() -> None:
    def calling(identity: str, city: str) -> str:
        call = {"id": identity, "function": {"name": "weather", "arguments": city}}
        return hashes(Turn("user", "How warm?"), Turn("assistant", "", extra={"tool_calls": [call]}))[0]

    assert calling("1", "Rome") == calling("2", "Rome") != calling("1", "Oslo")


@pytest.mark.parametrize(
    ("turns", "before"),
    [
        (exchange("q", "a"), 1),
        ((Turn("system", "s"), *exchange("q", "a")), 2),
        ((*exchange("q", "a"), *exchange("r", "b")), 3),
        ((*exchange("q", "a"), Turn("user", "r")), 1),
        ((Turn("user", "q"),), 0),
        ((Turn("assistant", "a"),), 0),
        ((), 0),
    ],
)
def test_the_prompt_is_what_stands_before_the_last_answer(turns: tuple[Turn, ...], before: int) -> None:
    exact, prompt = hashes(*turns)
    assert prompt == (hashes(*turns[:before])[0] if before else exact)


def test_the_same_instruction_with_another_answer() -> None:
    one, other = hashes(*exchange("Why?", "a")), hashes(*exchange("why?", "b"))
    assert one[1] == other[1] and one[0] != other[0]


def test_lone_surrogates_have_a_hash() -> None:
    assert len(hashes(*exchange("\ud800", "a"))[0]) == 32
