"""Features of what an answer says: of the instruction, of itself, in which language, and to what end."""

import numpy as np

from review.quality.counts import Columns, Counts, Floats
from review.quality.feature import Feature, logged, share, yes
from review.quality.lexicons import STOPS

_EARLY = 25  # words into an answer within which it declines, or opens
_FEWEST_STOPS = 3  # words by which a language can be told


def _languages(side: Columns) -> Floats:
    return np.stack([side[language] for language in STOPS])


def _common_words(counts: Counts) -> Floats:
    """Return the share of stop words of the language that has most of them."""
    return share(_languages(counts.told).max(axis=0), counts.told["words"])


def _other_language(counts: Counts) -> Floats:
    """Return by how much the answer's best language beats that of the instruction; 0 where either cannot be told."""
    asked, told = _languages(counts.asked), _languages(counts.told)
    best = told.max(axis=0)
    same = np.take_along_axis(told, asked.argmax(axis=0)[None], axis=0)[0]
    known = (asked.max(axis=0) >= _FEWEST_STOPS) & (best >= _FEWEST_STOPS)
    found: Floats = np.where(known, 1 - share(same, best), 0)
    return found


def _other_script(counts: Counts) -> Floats:
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
        "other_script",
        "written in another script than the instruction",
        "An answer in other letters is seldom in the language of who asked.",
        _other_script,
    ),
    Feature(
        "other_language",
        "common words of another language than the instruction's",
        "An answer in another language helps only where a translation was asked for.",
        _other_language,
    ),
)
PHRASES = (
    Feature(
        "refusal",
        "declines in its first words",
        "An answer that declines a harmless task teaches to decline.",
        lambda c: yes(c.told_first["refusal"] < _EARLY),
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
        "second_person",
        "share of words such as you and your",
        "Advice speaks to the reader; facts do not.",
        lambda c: share(c.told["second_person"], c.told["words"]),
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
        lambda c: yes(c.asked_first["imperative"] <= 1),
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
        "system",
        "a system message sets the frame",
        "What is a good answer then also hangs on that message.",
        lambda c: c.marks["system"],
    ),
    Feature(
        "tools",
        "number of tool results",
        "An answer that follows a tool reports what the tool found.",
        lambda c: c.marks["tools"],
    ),
    Feature(
        "unanswered",
        "the conversation ends without an answer",
        "The last thing said is what the example teaches.",
        lambda c: c.marks["unanswered"],
    ),
)
