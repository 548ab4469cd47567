"""Features of where an answer stands: how it begins and ends, what was asked, the conversation, and warning signs."""

import numpy as np

from review.quality.counts import Counts, Floats
from review.quality.feature import Feature, logged, yes
from review.quality.sense_features import EARLY, other_language, other_script

_LOOP = 6  # words
_REPEATED = 0.3
_ECHOED = 0.7
_OTHER = 0.5
_ASKED, _TOLD = 4, 8  # words that carry matter, below which two texts may well share none
_MOST = 3
_AFTER_PLEASE = 2


def _warnings(counts: Counts) -> Floats:
    """Return how many of the signs of a broken answer there are, at most 3."""
    told, shared, marks = counts.told, counts.shared, counts.marks
    long = told["words"] >= _TOLD
    signs = (
        (counts.told_first["refusal"] < EARLY) | (told["machine"] > 0),
        (marks["void"] > 0) | (told["letters"] + told["digits"] == 0),
        marks["markup"] > 0,
        marks["damage"] > 0,
        marks["labels"] > 0,
        marks["placeholders"] + told["broken_text"] > 0,
        np.maximum(other_script(counts), other_language(counts)) > _OTHER,
        (told["loop"] >= _LOOP) | (long & (told["words"] - 3 - told["fours"] > _REPEATED * told["words"])),
        long & (shared["pairs_both"] > _ECHOED * shared["pairs_told"]),
        marks["leads_on"] > 0,
        marks["cut_off"] > 0,
        told["fences"] % 2 > 0,
        (shared["both"] == 0) & (shared["asked"] >= _ASKED) & (shared["told"] >= _TOLD),
    )
    return np.minimum(_MOST, np.sum(signs, axis=0, dtype=np.float64))


def _task(counts: Counts) -> Floats:
    first, polite = counts.asked_first["imperative"], counts.asked_first["polite"]
    return yes((first == 0) | ((polite == 0) & (first <= _AFTER_PLEASE)))


ENDS = (
    Feature(
        "no_end",
        "ends without a full stop",
        "A whole sentence has an end; single words and numbers need none.",
        lambda c: c.marks["no_end"],
    ),
    Feature(
        "cut_off",
        "a long last line that ends without a full stop",
        "That is what text looks like that was cut at a limit of tokens.",
        lambda c: c.marks["cut_off"],
    ),
    Feature(
        "leads_on",
        "ends with a comma or a word that leads on",
        'Nobody ends with "and" or "the".',
        lambda c: c.marks["leads_on"],
    ),
    Feature(
        "asks",
        "ends with a question",
        "An answer that asks may not have answered.",
        lambda c: c.marks["asks"],
    ),
    Feature(
        "lower_start",
        "begins with a small letter",
        "Careless text and torn-off text begin so.",
        lambda c: c.marks["lower_start"],
    ),
)
ASKED = (
    Feature(
        "question",
        "the instruction asks a question",
        "Questions and tasks are answered differently.",
        lambda c: c.marks["asked"],
    ),
    Feature(
        "task",
        "the instruction begins with a verb such as write or list",
        "A clear task begins with what is to be done.",
        _task,
    ),
    Feature(
        "polite",
        "the instruction says please or thanks",
        "People who write to people do; generated instructions do not.",
        lambda c: logged(c.asked["polite"]),
    ),
)
WHOLE = (
    Feature(
        "answers",
        "number of answers in the conversation",
        "In long conversations the last answer is only a part.",
        lambda c: c.marks["answers"],
    ),
    Feature(
        "repeated_answer",
        "share of answers given before in the conversation",
        "Who answers two questions alike has not listened.",
        lambda c: c.marks["repeated_answer"],
    ),
    Feature(
        "shortest_answer",
        "words of the conversation's shortest answer",
        "One empty turn spoils a conversation.",
        lambda c: logged(np.minimum(c.told["words"], c.marks["shortest_earlier"])),
    ),
    Feature(
        "other_roles",
        "system messages and tool results",
        "What is a good answer then also hangs on what they say.",
        lambda c: logged(c.marks["others"]),
    ),
    Feature(
        "unanswered",
        "the conversation ends without an answer",
        "The last thing said is what the example teaches.",
        lambda c: c.marks["unanswered"],
    ),
)
WARNINGS = (
    Feature(
        "warnings",
        "number of warning signs",
        "Declining, nothing said, markup, damage, labels, placeholders, another language, loops, an echo, a torn end or"
        " no word of what was asked: each is rare, so a few labels teach what they have in common.",
        _warnings,
    ),
)
