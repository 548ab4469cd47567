"""Every format issue there is: its stored slug, a sentence for people, and what it does."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Issue:
    """One kind of format fault. One that blocks counts towards the limit; one that warns is only shown.

    `rule` says what exactly is found, for the reference.
    """

    slug: str  # stored in measurements: never renamed
    sentence: str
    severity: Literal["blocks", "warns"]
    rule: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An issue and the turn it was found in, counted from 0; None where it is of the whole conversation."""

    slug: str
    turn: int | None = None


# Only what is a fault wherever it stands blocks; what a good example may well hold warns.
ISSUES: tuple[Issue, ...] = (
    Issue(
        "unknown-role",
        "A turn has a role other than system, user, assistant or tool.",
        "blocks",
        "The role's name is none of the four.",
    ),
    Issue(
        "no-answer",
        "There is no assistant turn, so there is nothing to learn.",
        "blocks",
        "No turn has the role assistant.",
    ),
    Issue(
        "empty-turn",
        "A user, assistant or tool turn is empty or only white space.",
        "blocks",
        "Nothing but white space. A call that stands in a key beside an empty text is not empty.",
    ),
    Issue(
        "role-order",
        "The turns do not follow each other as a conversation does.",
        "blocks",
        "At most one system turn, first; then user and assistant by turns, the user first and the assistant last;"
        " tool turns only after an assistant's. A call may stand before or after another assistant turn."
        " A record of the text format is no conversation and stands alone.",
    ),
    Issue(
        "tool-order",
        "A tool turn answers no call: the assistant turn before it calls no such tool.",
        "blocks",
        "The assistant turn before it is marked as a call by its word in the file or its keys, or is written as"
        " one in a common way; a `tool_call_id` is among the ids called; there are no more results than calls.",
    ),
    Issue(
        "echo",
        "An assistant turn only repeats the turn before it.",
        "blocks",
        "The same text but for white space at the ends, of three words or more or with a question mark.",
    ),
    Issue(
        "placeholder",
        "A placeholder was never filled in, such as {{name}} or lorem ipsum.",
        "blocks",
        "A name in double braces outside code, in a conversation that does not speak of templates; or lorem ipsum"
        " in an answer when nobody asked for filler text.",
    ),
    Issue(
        "broken-json",
        "An answer or a call that is JSON as a whole cannot be read as JSON.",
        "blocks",
        "The whole answer is one ```json block, or begins as JSON where JSON was asked for; or a call's text or"
        " arguments begin as JSON. Text after a whole JSON value, and examples with gaps (... or comments), are"
        " no fault.",
    ),
    Issue(
        "mojibake",
        "Letters were garbled by a wrong encoding, as in cafÃ© for café.",
        "blocks",
        "The replacement character U+FFFD, or a line that ftfy finds unlikely and can put right, outside code and"
        " in a conversation that does not speak of encodings.",
    ),
    Issue(
        "empty-system",
        "The system turn is empty; leave it out or fill it.",
        "warns",
        "Nothing but white space in a system turn.",
    ),
    Issue(
        "unanswered-call",
        "A call of a tool gets no result before the user speaks again.",
        "warns",
        "A turn marked as a call, and a user turn with no tool turn between. A call may be the last turn.",
    ),
    Issue(
        "near-echo",
        "An assistant turn begins by repeating the turn before it.",
        "warns",
        "The same words but for case and punctuation; or the same first five words, with nine tenths of the turn's"
        " words coming back. An answer that gives back only the input beside an instruction is no echo.",
    ),
    Issue(
        "todo",
        "An assistant turn holds a note to finish it later, such as TODO: or [insert name].",
        "warns",
        "TODO, TBD, TBC or FIXME in capitals with a colon, in brackets or alone in a line, or [insert …], outside"
        " code and comments.",
    ),
    Issue(
        "cut-off",
        "An assistant turn ends in the middle of a sentence or list.",
        "warns",
        "It ends with a comma, an opening bracket, the hyphen of a broken word, the mark of a list item that never"
        " came, or a word such as “the” or “because”; or without a sign after the last words of a paragraph that"
        " ended three sentences before. Code, tables, addresses, short answers, closings of letters and smileys may"
        " end as they like.",
    ),
    Issue(
        "open-fence",
        "A code block is opened with ``` and never closed.",
        "warns",
        "By CommonMark's rule for fences, where the runs of three backticks or more are odd in number.",
    ),
    Issue(
        "broken-json-block",
        "A block marked ```json in an assistant turn cannot be read as JSON.",
        "warns",
        "Such a block among other text. One value a line, several values, lines of an object without its braces,"
        " and examples with gaps are read.",
    ),
    Issue(
        "control-characters",
        "A turn holds control characters that no text needs.",
        "warns",
        "C0 and C1 controls but tab, line feed and carriage return; lone surrogates; noncharacters.",
    ),
    Issue(
        "refusal",
        "An assistant turn declines to answer.",
        "warns",
        "A wording such as “I cannot help with that” in the first 200 characters, outside quotation marks.",
    ),
    Issue(
        "ai-boilerplate",
        "An assistant turn speaks of itself as an AI language model.",
        "warns",
        "A wording such as “As an AI language model” that the turn before does not hold too.",
    ),
)

BLOCKING = frozenset(issue.slug for issue in ISSUES if issue.severity == "blocks")
