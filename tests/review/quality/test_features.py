"""Features: each says what its label says, is finite whatever the text, and is the same wherever it is counted."""

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.records import Conversation, Turn
from review.quality import counts, sign_kernels, signs, term_kernels, text, word_kernels
from review.quality.feature import Feature
from review.quality.features import FEATURES, FEATURES_VERSION, feature_matrix
from review.quality.lexicons import KINDS, STOPS
from review.quality.page import NAMES, features_page
from tests.review.quality.conversations import EMPTY, EXTREMES, FRENCH, MANY, ONE_TEXT, OPEN, VARIED, asked

KIND_NAMES = {name for name, value in vars(signs).items() if name.isupper() and isinstance(value, int)}
SLUGS = [feature.slug for feature in FEATURES]
TEXTS = st.text(st.characters(codec=None), max_size=60) | st.sampled_from(EXTREMES[:14])
ROLES = st.sampled_from(("system", "user", "assistant", "tool"))
TURNS = st.builds(Turn, ROLES, TEXTS, TEXTS)


def value(slug: str, conversation: Conversation) -> float:
    return float(feature_matrix([conversation])[0, SLUGS.index(slug)])


def test_the_first_column_is_the_length_baseline() -> None:
    assert SLUGS[0] == "answer_words"
    assert value("answer_words", asked("Count the words.", "one two  three, four!")) == np.log1p(4)


def test_every_feature_has_a_name_of_its_own_and_says_what_it_is_and_why() -> None:
    assert len(set(SLUGS)) == len(SLUGS) == len({feature.label for feature in FEATURES})
    assert [f.slug for f in FEATURES if not (f.label and f.why.endswith("."))] == []


def test_the_page_says_of_every_feature_what_the_code_does() -> None:
    page = features_page()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{f.slug}` | {f.label} | {f.why} |" for f in FEATURES]
    assert all(NAMES[language] in page for language in STOPS)


@pytest.mark.parametrize(
    ("slug", "instruction", "less", "more"),
    [
        ("answer_to_instruction", "Tell me of tea.", "Tea.", "Tea is a drink made of leaves and water."),
        ("answer_sentences", "", "Tea is 3.5 euros e.g. hot.", "Tea is hot. It is. Is it? Yes\nyes"),
        ("sentence_words", "", "It is. It was.", "It is what it was all the time before."),
        ("word_letters", "", "It is so.", "Considerable deliberation."),
        (
            "reading_ease",
            "",
            "Institutional considerations necessitate deliberation.",
            "The cat sat on the mat.",
        ),
        ("empty_answer", "Go on.", "No. 5", " N/A "),
        ("empty_answer", "Go on.", "日", "..."),
        ("distinct_words", "", "tea tea tea cup", "tea cup pot leaf"),
        ("vocabulary", "", "tea tea tea cup", "tea cup pot leaf"),
        ("distinct_pairs", "", "tea cup tea cup tea cup", "tea cup pot leaf sun day"),
        ("repeated_runs", "", "a b c d e f g h", "a b c d a b c d"),
        ("longest_loop", "", "we sat and then we ran", "we sat we sat we sat"),
        ("repeated_lines", "", "tea\ncup\n", "tea\n\n  tea\n"),
        ("words_taken_up", "Describe the taste of green tea", "Paris is a city.", "Its tastes are grassy."),
        (
            "words_from_instruction",
            "Describe the taste of green tea",
            "Grassy and fresh tea.",
            "Green tea taste",
        ),
        (
            "pairs_from_instruction",
            "Describe the taste of green tea",
            "tea green taste",
            "the taste of green tea",
        ),
        ("echo", "Describe the taste of tea", "The taste of tea is fine", "Describe the taste: it is fine"),
        ("list_missed", "List ideas for a walk", "Woods, hills, lakes.", "The woods."),
        ("number_missed", "Give me 3 tips for a walk", "- a\n- b\n- c", "- a"),
        ("number_missed", "Give me three short tips", "Shoes, water, hat", "Shoes"),
        ("kind_missed", "Write a function.", "def f():\n    return [1]", "The lake is deep."),
        ("kind_missed", "Describe it.", "The lake is deep.", "```\nx = 1\n```"),
        ("kind_missed", "How many are there?", "About seven.", "There are many of them."),
        ("other_script", "Was ist Tee?", "Ein Getränk.", "Напиток."),
        ("other_language", "What is the name of the river in the city?", "It is the Seine of all.", FRENCH),
        ("refusal", "Make tea.", "He said: boil water.", "I\u2019m sorry, no."),
        ("refusal", "Make tea.", f"{'First boil the water. ' * 9} I cannot wait.", "Well, I cannot do that."),
        ("machine", "", "A language has words.", "As a large language model I know words."),
        ("asks_back", "", "Tea is hot.", "Please provide more context."),
        ("offer", "", "Tea is hot.", "Tea is hot. Let me know if you like it!"),
        ("opener", "", "Tea is certainly hot.", "Certainly, tea is hot."),
        ("hedge", "", "It is hot", "It might be hot, I think"),
        ("reasons", "", "Tea is hot and wet.", "Tea is hot because of water."),
        ("first_person", "", "Your tea is hot", "I like my tea hot"),
        ("common_words", "", "tea water hot cup", "the tea is in the cup"),
        ("leftovers", "", "Dear Ann", "Dear [Your Name]"),
        ("leftovers", "", "a {{b: {}}", "Hello {{ name }}"),
        ("labels", "", "He said: tea", "Tea\n### Response: tea"),
        ("no_end", "", 'He said "tea."', "He said tea"),
        ("no_end", "", "茶です。", "茶です"),
        ("cut_off", "", "Tea", "Tea is a drink that people like to drink in the"),
        ("leads_on", "", "the best band", "tea is hot and"),
        ("asks", "", "Is it? Yes.", "Yes. Is it?"),
        ("lower_start", "", " Tea", "tea"),
        ("lines", "", "tea cup", "tea\ncup"),
        ("paragraphs", "", "tea\ncup\n\n", "\n\ntea\n \ncup"),
        ("introductions", "", "tea: cup", "These are:\n- tea"),
        ("headings", "", "2*3 *tea*", "**tea**"),
        ("list_items", "", "-tea\n1984\n3.5", "- tea\n2) cup\n\u2022 pot"),
        ("headings", "", "#tea", "# tea"),
        ("code", "", "`x`", "```\nx\n```"),
        ("left_open", "", "(tea) 1) [cup]", "(tea [cup]"),
        ("left_open", "", '"tea"', '"tea'),
        ("left_open", "", "```\nx\n```", "```\nx"),
        ("markup", "Make tea", "3 < 5 & 7 > 2", "<p>tea</p>"),
        ("addresses", "", "http is old", "See https://tea.example and www.tea.example"),
        ("digits", "", "one", "1 22"),
        ("capitals", "", "Tea", "TEA"),
        ("punctuation", "", "Tea.", "*Tea*..."),
        ("emoji", "", "Tea", "Tea 🍵"),
        ("damage", "", "caf\u00e9 \u00e2ge \u00c3", "caf\u00c3\u00a9 itâ€™s \ufffd"),
        (
            "warnings",
            "Name the capital of France",
            "Paris is the capital.",
            "<b>I am sorry</b>, as an AI I and",
        ),
    ],
)
def test_a_feature_grows_with_what_its_label_says(slug: str, instruction: str, less: str, more: str) -> None:
    assert value(slug, asked(instruction, less)) < value(slug, asked(instruction, more))


@pytest.mark.parametrize(
    ("slug", "instruction", "answer"),
    [
        ("number_missed", "Write it in 3 words", "Shoes"),
        ("number_missed", "It took 3.5 tons", "Shoes"),
        ("markup", "Make an html page", "<p>tea</p>"),
        ("markup", "Explain", "```\n<p>tea</p>\n```"),
        ("reading_ease", "", "茶" * 30),
        ("other_language", "Übersetze das", FRENCH),
        ("repeated_runs", "", "a b c"),
    ],
)
def test_a_feature_leaves_out_what_it_is_not_about(slug: str, instruction: str, answer: str) -> None:
    assert value(slug, asked(instruction, answer)) == value(slug, asked(instruction, ""))


@pytest.mark.parametrize(
    ("slug", "less", "more"),
    [
        ("instruction_words", asked("Tell me.", ""), asked("Tell me now.", "")),
        ("question", asked("Tell me.", ""), asked("Is it?", "")),
        ("task", asked("The list", ""), asked("Please write it", "")),
        ("polite", asked("Write.", ""), asked("Write, please.", "")),
        ("answers", VARIED[0], MANY),
        ("repeated_answer", VARIED[0], MANY),
        ("shortest_answer", MANY, VARIED[0]),
        ("other_roles", VARIED[0], MANY),
        ("unanswered", VARIED[0], OPEN),
        ("unanswered", ONE_TEXT, EMPTY),
    ],
)
def test_a_feature_of_the_instruction_or_the_conversation(
    slug: str, less: Conversation, more: Conversation
) -> None:
    assert value(slug, less) < value(slug, more)


def test_every_feature_varies_among_conversations_of_all_kinds() -> None:
    found = feature_matrix(VARIED)
    assert found.shape == (len(VARIED), len(FEATURES)) and found.dtype == np.float64
    assert [slug for slug, column in zip(SLUGS, found.T, strict=True) if np.ptp(column) == 0] == []


def test_the_last_answer_and_the_turn_it_answers_are_read() -> None:
    before = asked("Long ago, what was it?", "Nothing at all was there.").turns
    late = Conversation((*before, *VARIED[0].turns, Turn("user", "Thanks")))
    differ = np.diff(feature_matrix([VARIED[0], late]), axis=0)[0] != 0
    assert {slug for slug, differs in zip(SLUGS, differ, strict=True) if differs} == {
        "answers",
        "shortest_answer",
        "unanswered",
    }


def test_batches_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = feature_matrix(VARIED)
    monkeypatch.setattr(text, "BATCH", 50)
    assert np.array_equal(feature_matrix(VARIED), whole)


def test_no_conversations_have_no_rows() -> None:
    assert feature_matrix([]).shape == (0, len(FEATURES))


@pytest.mark.parametrize("extreme", EXTREMES, ids=[f"{one[:3]!a} {len(one)}" for one in EXTREMES])
def test_features_of_extreme_texts_are_finite(extreme: str) -> None:
    found = feature_matrix([asked("Say it.", extreme), asked(extreme, "Said."), asked(extreme, extreme)])
    assert np.isfinite(found).all() and np.abs(found).max() < 1_000


@given(st.lists(st.lists(TURNS, max_size=4).map(lambda turns: Conversation(tuple(turns))), max_size=4))
@settings(max_examples=60, deadline=None)
def test_features_are_finite_and_do_not_hang_on_the_batch(conversations: list[Conversation]) -> None:
    together = feature_matrix(conversations)
    assert np.isfinite(together).all()
    for row, conversation in zip(together, conversations, strict=True):
        assert np.array_equal(feature_matrix([conversation])[0], row)


def test_the_same_texts_have_the_same_features_as_ever() -> None:
    """A stored model reads features of its version: raise FEATURES_VERSION with what is expected here."""
    digest = sha256((np.round(feature_matrix(VARIED), 6) + 0.0).tobytes()).hexdigest()[:16]
    assert (FEATURES_VERSION, digest) == (1, "0f741a9f708b334a")


def test_kernels_and_tables_name_the_same_columns_and_kinds() -> None:
    for module, names in ((sign_kernels, counts.SIGNS), (word_kernels, counts.WORDS)):
        assert [getattr(module, name.upper()) for name in names] == list(range(len(names)))
    for module in (sign_kernels, word_kernels, term_kernels):
        repeated = [name[1:] for name in vars(module) if name[:1] == "_" and name[1:] in KIND_NAMES]
        assert repeated
        assert [name for name in repeated if getattr(module, f"_{name}") != getattr(signs, name)] == []
    assert len(KINDS) < 63 and isinstance(FEATURES[0], Feature)
