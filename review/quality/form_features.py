"""Features of how an answer is written: its length, variety, layout and signs."""

import numpy as np

from review.quality.counts import Counts, Floats
from review.quality.feature import Feature, logged, share, yes

_HARDEST, _EASIEST = -1.0, 1.2


def _reading_ease(counts: Counts) -> Floats:
    """Return Flesch's reading ease / 100 (1948, "A new readability yardstick"); 0.6 outside Latin letters."""
    told = counts.told
    sentence = share(told["words"], told["sentences"])
    ease = 2.06835 - 0.01015 * sentence - 0.846 * share(told["syllables"], told["words"])
    latin = (2 * counts.told_scripts[:, 1] > told["letters"]) & (told["words"] > 0)
    found: Floats = np.where(latin, np.clip(ease, _HARDEST, _EASIEST), 0.6)
    return found


def _left_open(counts: Counts) -> Floats:
    told = counts.told
    return logged(np.maximum(0, told["open"]) + told["quotes"] % 2 + told["fences"] % 2)


LENGTHS = (
    Feature(
        "answer_words",
        "length of the answer in words",
        "Very short answers teach little, and what reviewers reject is often shorter than what they keep.",
        lambda c: logged(c.told["words"]),
    ),
    Feature(
        "instruction_words",
        "length of the instruction in words",
        "A bare instruction leaves open what a good answer is; a long one holds what the answer needs.",
        lambda c: logged(c.asked["words"]),
    ),
    Feature(
        "answer_to_instruction",
        "length of the answer against that of the instruction",
        "An answer far shorter than its question seldom covers it.",
        lambda c: logged(c.told["words"]) - logged(c.asked["words"]),
    ),
    Feature(
        "answer_sentences",
        "number of sentences",
        "One sentence answers; several also explain.",
        lambda c: logged(c.told["sentences"]),
    ),
    Feature(
        "sentence_words",
        "words in a sentence",
        "Run-on text and fragments are both hard to learn from.",
        lambda c: logged(share(c.told["words"], c.told["sentences"])),
    ),
    Feature(
        "word_letters",
        "letters in a word",
        "Careful wording uses longer words; damaged text has words of one letter or of hundreds.",
        lambda c: np.minimum(20, share(c.told["word_letters"], c.told["words"])),
    ),
    Feature(
        "reading_ease",
        "ease of reading (Flesch)",
        "Text that is needlessly hard, or too simple for its matter, reads badly.",
        _reading_ease,
    ),
    Feature(
        "empty_answer",
        "no answer, or only a word such as none",
        "An example without an answer teaches silence.",
        lambda c: np.maximum(c.marks["void"], yes(c.told["letters"] + c.told["digits"] == 0)),
    ),
)
VARIETY = (
    Feature(
        "distinct_words",
        "share of words that are different",
        "An answer that says the same words over and over says little.",
        lambda c: share(c.told["distinct"], c.told["words"], 1),
    ),
    Feature(
        "vocabulary",
        "different words for the answer's length",
        "Rich wording for its length is a sign of care (words against the root of the length: Guiraud's index).",
        lambda c: c.told["distinct"] / np.sqrt(np.maximum(1, c.told["words"])),
    ),
    Feature(
        "distinct_pairs",
        "share of word pairs that are different",
        "Pairs of words repeat where phrases do.",
        lambda c: share(c.told["pairs"], c.told["words"] - 1, 1),
    ),
    Feature(
        "repeated_runs",
        "share of runs of four words that were there before",
        "Whole phrases come again in loops and in text filled up to a length.",
        lambda c: 1 - share(c.told["fours"], c.told["words"] - 3, 1),
    ),
    Feature(
        "longest_loop",
        "words in the longest loop",
        "A model that got stuck says the same words again right away.",
        lambda c: logged(c.told["loop"]),
    ),
    Feature(
        "repeated_lines",
        "share of lines that were there before",
        "Lines come again in loops and in pasted text.",
        lambda c: 1 - share(c.told["unlike_lines"], c.told["lines"], 1),
    ),
)
LAYOUT = (
    Feature(
        "lines",
        "number of lines",
        "Steps, lists and verses are set out in lines.",
        lambda c: logged(c.told["lines"]),
    ),
    Feature(
        "paragraphs",
        "number of paragraphs",
        "Blank lines part what belongs apart; long answers without any are hard to follow.",
        lambda c: logged(c.told["paragraphs"]),
    ),
    Feature(
        "introductions",
        "lines that end with a colon",
        "Who announces a list or a result leads the reader through the answer.",
        lambda c: logged(c.told["colons"]),
    ),
    Feature(
        "list_items",
        "number of list items",
        "A list sets several things apart from one another.",
        lambda c: logged(c.told["items"]),
    ),
    Feature(
        "headings",
        "headings, table rows and words in bold",
        "Headings and tables order long answers and burden short ones.",
        lambda c: logged(c.told["headings"] + c.told["tables"] + c.told["bold"] / 2),
    ),
    Feature(
        "code",
        "blocks of code",
        "Fenced code can be told from prose.",
        lambda c: logged(np.ceil(c.told["fences"] / 2)),
    ),
    Feature(
        "left_open",
        "a bracket, quotation mark or block of code that is not closed",
        "What opens and does not close was cut off.",
        _left_open,
    ),
    Feature(
        "markup",
        "HTML tags that nobody asked for",
        "Tags and entities are left over from a web page.",
        lambda c: c.marks["markup"],
    ),
    Feature(
        "addresses",
        "web addresses",
        "Models invent addresses, and scraped text is full of them.",
        lambda c: logged(c.told["address"]),
    ),
)
SIGNS = (
    Feature(
        "digits",
        "share of digits",
        "Calculations and data look different from prose.",
        lambda c: share(c.told["digits"], c.told["length"]),
    ),
    Feature(
        "capitals",
        "share of capital letters",
        "Shouting and headlines have many, careless text none.",
        lambda c: share(c.told["upper"], c.told["letters"]),
    ),
    Feature(
        "punctuation",
        "share of punctuation and symbols",
        "Noise and markup have many, run-on text few.",
        lambda c: share(c.told["signs"], c.told["length"]),
    ),
    Feature(
        "emoji",
        "share of emoji",
        "Emoji belong in some kinds of answers only.",
        lambda c: np.sqrt(share(c.told["emoji"], c.told["length"])),
    ),
    Feature(
        "damage",
        "damaged characters",
        "Text read in a wrong encoding, and control characters.",
        lambda c: c.marks["damage"],
    ),
)
