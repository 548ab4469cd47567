"""Which texts of one list say the same as others of it, where no database keeps them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotate.records import Conversation
from review.compared import compared_text
from review.neardup.engine import near_duplicates
from review.neardup.rule import Rule
from review.neardup.shingles import jaccard, shingle_hashes

# Up to so many texts are compared each with each, in less time than the kernels take to load.
FEW = 400

Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Copy:
    """What a text is to the others of its list, which are numbered from 0.

    `exact_copy`, `prompt_twins` and `near_similarity` are what the limits read. `same_as` is the first text that
    says exactly the same, `near` the one that is kept of those near to this one; None where there is none, and for
    the one itself.
    """

    exact_copy: int = 0
    prompt_twins: int = 0
    near_similarity: float = 0.0
    same_as: int | None = None
    near: int | None = None


def copies(
    conversations: Sequence[Conversation], hashes: Sequence[tuple[str, str]], rule: Rule | None
) -> list[Copy]:
    """Return what each text is to the others; `hashes` are the exact and prompt hashes of each.

    Of exact copies the first is kept, of near ones the longest, then the first. Twins are different answers to the
    same prompt, each counted once. Without a rule nothing near is looked for.
    """
    first: dict[str, int] = {}
    answers: defaultdict[str, set[str]] = defaultdict(set)
    for number, (exact, prompt) in enumerate(hashes):
        first.setdefault(exact, number)
        answers[prompt].add(exact)
    kept = list(first.values())
    near = _near(kept, conversations, rule) if rule and len(kept) > 1 else {}
    return [
        _copy(number, first[exact], len(answers[prompt]) - 1, near)
        for number, (exact, prompt) in enumerate(hashes)
    ]


def _copy(number: int, first: int, twins: int, near: Mapping[int, tuple[int, float]]) -> Copy:
    if first != number:
        return Copy(exact_copy=1, prompt_twins=twins, same_as=first)
    keeper, similarity = near.get(number, (None, 0.0))
    return Copy(prompt_twins=twins, near_similarity=similarity, near=keeper)


def _near(
    numbers: Sequence[int], conversations: Sequence[Conversation], rule: Rule
) -> dict[int, tuple[int, float]]:
    """Return of every text that is near to others the one kept of them, and how near it is to that."""
    texts = {number: compared_text(conversations[number].as_json()) for number in numbers}
    pairs = _few_pairs(texts, rule) if len(texts) <= FEW else _many_pairs(texts, rule)
    found: dict[int, tuple[int, float]] = {}
    for members in _joined(pairs):
        keeper = min(members, key=lambda number: (-len(texts[number]), number))
        kept = shingle_hashes(texts[keeper], rule.shingles)
        for number in members:
            if number != keeper:
                found[number] = keeper, jaccard(shingle_hashes(texts[number], rule.shingles), kept)
    return found


def _few_pairs(texts: Mapping[int, str], rule: Rule) -> Pairs:
    sets = [(number, shingle_hashes(text, rule.shingles)) for number, text in texts.items()]
    return [
        (one, other)
        for (one, ones), (other, others) in combinations(sets, 2)
        # Two sets overlap by no more than the smaller one's share of the larger.
        if min(len(ones), len(others)) >= rule.similarity * max(len(ones), len(others))
        and jaccard(ones, others) >= rule.similarity
    ]


def _many_pairs(texts: Mapping[int, str], rule: Rule) -> Pairs:
    numbers = list(texts)
    matches = near_duplicates(texts.values(), rule).matches
    return [(numbers[left], numbers[right]) for left, right in zip(matches.left, matches.right, strict=True)]


def _joined(pairs: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield the groups that pairs join, each ascending."""
    leader: dict[int, int] = {}

    def top(number: int) -> int:
        while (above := leader.setdefault(number, number)) != number:
            leader[number] = leader[above]
            number = above
        return number

    for one, other in pairs:
        low, high = sorted((top(one), top(other)))
        leader[high] = low
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number in sorted(leader):
        groups[top(number)].append(number)
    yield from groups.values()
