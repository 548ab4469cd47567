"""What texts of one list are to each other."""

from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np
import pytest

from annotate.records import Conversation, Turn
from review import copies as module
from review.copies import Copy, copies
from review.neardup.rule import Rule
from review.neardup.verify import Matches
from review.scorers.base import Resources
from review.scorers.exact import Exact

LONG = "the dough rises because the yeast in it eats sugar and gives off gas that the gluten holds "


def told(*texts: str, rule: Rule | None = Rule()) -> list[Copy]:  # noqa: B008  frozen
    conversations = [Conversation((Turn("user", "Why?"), Turn("assistant", text))) for text in texts]
    found = Exact().prepare({}, Resources())(conversations)
    return copies(conversations, [(row["exact_hash"], row["prompt_hash"]) for row in found], rule)


def test_the_first_of_exact_copies_is_kept() -> None:
    assert told("Yeast.", "yeast", "Gas") == [
        Copy(prompt_twins=1), Copy(exact_copy=1, prompt_twins=1, same_as=0), Copy(prompt_twins=1)
    ]  # fmt: skip


def test_the_longest_of_near_ones_is_kept_and_the_others_are_compared_with_it() -> None:
    first, second, third = told(LONG, f"{LONG} so", "Something else is said here.")
    assert (first.near, second.near, third.near) == (1, None, None)
    assert 0.7 <= first.near_similarity < 1 and second.near_similarity == third.near_similarity == 0


def test_near_ones_are_joined_by_chains() -> None:
    words = LONG.split()
    chain = [" ".join(words[start : start + 13]) for start in range(0, 5, 1)]
    found = told(*chain)
    assert [one.near for one in found].count(None) == 1
    assert len({one.near for one in found} - {None}) == 1


def test_no_rule_no_near_ones() -> None:
    assert [one.near for one in told(LONG, f"{LONG} so", rule=None)] == [None, None]


def test_nothing_is_nothing() -> None:
    assert told() == []
    assert told("") == [Copy()]


def test_many_are_left_to_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    def kernels(texts: Iterable[str], rule: Rule) -> SimpleNamespace:
        assert [text.split("\n\n")[1] for text in texts] == ["Gas", LONG.strip(), f"{LONG}so"]
        return SimpleNamespace(matches=Matches(np.array([1]), np.array([2]), np.array([0.95])))

    monkeypatch.setattr(module, "FEW", 0)
    monkeypatch.setattr(module, "near_duplicates", kernels)
    found = told("Gas", LONG.strip(), "gas", f"{LONG}so")
    assert [one.near for one in found] == [None, 3, None, None]
    assert 0.7 <= found[1].near_similarity < 1
