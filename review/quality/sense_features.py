"""Features of what an answer says: of the instruction, of itself, in which language, and to what end."""

import numpy as np

from review.quality.counts import Columns, Counts, Floats
from review.quality.feature import Feature, logged, share, yes
from review.quality.lexicons import STOPS

EARLY = 25  # words into an answer within which it declines, or opens
_CODE = 0.05  # share of signs such as brackets above which a text is code
_FEWEST_STOPS = 3  # words by which a language can be told


def _languages(side: Columns) -> Floats:
    return np.stack([side[language] for language in STOPS])


def _common_words(counts: Counts) -> Floats:
    """Return the share of stop words of the language that has most of them."""
    return share(_languages(counts.told).max(axis=0), counts.told["words"])


def other_language(counts: Counts) -> Floats:
    """Return by how much the answer's best language beats that of the instruction; 0 where either cannot be told."""
    asked, told = _languages(counts.asked), _languages(counts.told)
    best = told.max(axis=0)
    same = np.take_along_axis(told, asked.argmax(axis=0)[None], axis=0)[0]
    known = (asked.max(axis=0) >= _FEWEST_STOPS) & (best >= _FEWEST_STOPS)
    found: Floats = np.where(known, 1 - share(same, best), 0)
    return found


def other_script(counts: Counts) -> Floats:
    """Return the share of letters that would have to change for both to be in the same scripts."""
    asked, told = counts.asked_scripts, counts.told_scripts
    several = asked.sum(axis=1), told.sum(axis=1)
    parts = [each / np.maximum(1, total)[:, None] for each, total in zip((asked, told), several, strict=True)]
    found: Floats = np.where((several[0] > 0) & (several[1] > 0), 1 - np.minimum(*parts).sum(axis=1), 0)
    return np.maximum(0, found)


def _given(counts: Counts) -> Floats:
    """Return how many things the answer lists: items, else lines, else parts between commas."""
    told = counts.told
    found: Floats = np.where(
        told["items"] > 0,
        told["items"],
        np.where(told["lines"] > 1, told["lines"], counts.marks["commas"] + (told["words"] > 0)),
    )
    return found


def _number_missed(counts: Counts) -> Floats:
    asked = counts.marks["number"]
    found: Floats = np.where(asked > 0, np.abs(np.log1p(_given(counts)) - np.log1p(asked)), 0)
    return found


def _list_missed(counts: Counts) -> Floats:
    return yes((counts.asked["list_asked"] > 0) & (_given(counts) < 2))


def _kind_missed(counts: Counts) -> Floats:
    """Return 1 where code or a number is asked for and not given, or code is given and not asked for."""
    asked, told = counts.asked, counts.told
    code = (told["fences"] > 0) | (told["code"] > _CODE * told["length"])
    number = (asked["number_asked"] > 0) & (told["digits"] + told["number"] == 0)
    return np.minimum(1, yes(code != (asked["code_asked"] > 0)) + yes(number))


TOGETHER = (
    Feature(
        "words_taken_up",
        "share of the instruction's words that the answer takes up",
        "An answer to something else shares no words with what was asked.",
        lambda c: share(c.shared["both"], c.shared["asked"]),
    ),
    Feature(
        "words_from_instruction",
        "share of the answer's words that stand in the instruction",
        "An answer made of the question's words adds nothing.",
        lambda c: share(c.shared["both"], c.shared["told"]),
    ),
    Feature(
        "pairs_from_instruction",
        "share of the answer's word pairs that stand in the instruction",
        "Copied phrases show an echo better than single words.",
        lambda c: share(c.shared["pairs_both"], c.shared["pairs_told"]),
    ),
    Feature(
        "echo",
        "how far the answer begins as the instruction does",
        "An answer that repeats its instruction has not begun.",
        lambda c: share(c.shared["beginning"], c.asked["words"]),
    ),
    Feature(
        "list_missed",
        "a list was asked for and none is given",
        "Who asks for ideas, steps or examples wants several.",
        _list_missed,
    ),
    Feature(
        "number_missed",
        "other than the number of things asked for",
        'Asked for "3 tips", an answer with one or with ten misses the task.',
        _number_missed,
    ),
    Feature(
        "kind_missed",
        "code or a number is asked for and not given, or code is given to who asked for none",
        "An answer of another kind than its instruction is an answer to something else.",
        _kind_missed,
    ),
    Feature(
        "other_script",
        "written in another script than the instruction",
        "An answer in other letters is seldom in the language of who asked.",
        other_script,
    ),
    Feature(
        "other_language",
        "common words of another language than the instruction's",
        "An answer in another language helps only where a translation was asked for.",
        other_language,
    ),
)
PHRASES = (
    Feature(
        "refusal",
        "declines in its first words",
        "An answer that declines a harmless task teaches to decline.",
        lambda c: yes(c.told_first["refusal"] < EARLY),
    ),
    Feature(
        "machine",
        "speaks of itself as an AI or a language model",
        "Such phrases come from another model's guard rails.",
        lambda c: logged(c.told["machine"]),
    ),
    Feature(
        "asks_back",
        "says that something is missing or unclear",
        "Either the instruction lacks its input, or the answer avoids it.",
        lambda c: logged(c.told["asks_back"]),
    ),
    Feature(
        "offer",
        "offers more help",
        "Closing phrases of a chat service add no content.",
        lambda c: logged(c.told["offer"]),
    ),
    Feature(
        "opener",
        "opens with a phrase such as sure or here is",
        "Opening phrases are a matter of house style; reviewers tend to agree on them.",
        lambda c: yes(c.told_first["opener"] == 0),
    ),
    Feature(
        "hedge",
        "share of words that hedge",
        "Many of them show an answer that does not commit itself.",
        lambda c: share(c.told["hedge"], c.told["words"]),
    ),
    Feature(
        "reasons",
        "words that give reasons, examples or order, for its length",
        "Explained answers are the ones that teach.",
        lambda c: c.told["reason"] / np.sqrt(np.maximum(1, c.told["words"])),
    ),
    Feature(
        "first_person",
        "share of words such as I and my",
        "A model that tells of a life of its own makes it up.",
        lambda c: share(c.told["first_person"], c.told["words"]),
    ),
    Feature(
        "common_words",
        "share of common words such as the and of",
        "Sentences need them; keyword lists and noise have none.",
        _common_words,
    ),
    Feature(
        "leftovers",
        "placeholders and phrases of web pages or templates",
        "They were meant to be replaced or left out.",
        lambda c: c.marks["placeholders"] + logged(c.told["broken_text"]),
    ),
    Feature(
        "labels",
        'labels such as "Response:" or "Human:"',
        "The frame of a prompt has become part of the answer.",
        lambda c: c.marks["labels"],
    ),
)
