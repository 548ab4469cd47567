import pytest

from annotate.records import Conversation, Turn
from review.limits import DEFAULT_POLICY, verdict
from review.scorers.length import WordCount


def words(count: int) -> Conversation:
    """An example of this many words, the two roles among them."""
    return Conversation((Turn("user", "why"), Turn("assistant", " ".join(["word"] * (count - 3)))))


@pytest.mark.parametrize(
    ("example", "tokens"),
    [
        (Conversation(()), 0),
        (Conversation((Turn("user", ""), Turn("assistant", ""))), 3),
        (Conversation((Turn("user", "one"), Turn("assistant", ""))), 4),
        (words(6), 8),
        (words(37), 50),
        (words(75), 100),
        (Conversation((Turn("user", "two  words\n"), Turn("assistant", "\tone"))), 7),
        (Conversation((Turn("system", "a b c"), Turn("user", "d e f"), Turn("assistant", "g h i"))), 16),
        (Conversation((Turn("user", "a b", input="c d"), Turn("assistant", "e f"))), 11),
        (Conversation((Turn("user", "ça va"), Turn("assistant", "très bien"))), 8),
        (Conversation((Turn("user", "天空是蓝色的"), Turn("assistant", "ソラ"))), 11),
        (Conversation((Turn("user", "说 hello 吧"), Turn("assistant", "안녕"))), 8),
    ],
)
def test_tokens_are_estimated_from_words(example: Conversation, tokens: int) -> None:
    assert WordCount()([example]) == [{"tokens": tokens, "counted_by": "words"}]


@pytest.mark.parametrize(("count", "kept"), [(36, False), (37, True), (3072, True), (3073, False)])
def test_the_edge_on_each_side_of_the_default_limits(count: int, kept: bool) -> None:
    (measured,) = WordCount()([words(count)])
    assert verdict({"format_blocks": 0, **measured}, DEFAULT_POLICY).kept is kept
