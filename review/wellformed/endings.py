"""Answers that stop before their end."""

import re
from collections.abc import Iterator, Sequence

from annotate.records import Turn
from annotate.roles import is_call
from review.wellformed.code import looks_like_code
from review.wellformed.issues import Finding

# Commas and opening brackets, the East Asian ones too.
_OPENS = ",([{\uff0c\u3001\uff08\u300c\u300e\u3010"
_SMILEY = re.compile(r"[:;=8xX]['-]?[(\[{]$")
_CLOSING = (
    r"(?:regards|wishes|sincerely|truly|faithfully|yours|love|cheers|thanks|respect|respectfully|cordially"
    r"|gratefully|best)"
)
# A letter ends with a comma, and the name is left to the reader; or with the name of who wrote it.
_FAREWELL = re.compile(rf"\b(?:{_CLOSING}|you|luck|care)\b[ \w]*,$", re.IGNORECASE)
_SIGNATURE = re.compile(rf"^(?:[-\u2013\u2014~#@]|[\w ]{{0,20}}\b{_CLOSING}\b)|#\w", re.IGNORECASE)
_MARK_ALONE = re.compile(r"(?:\d{1,3}[.)]|[-*•+])")
_ITEM = re.compile(r"^[ \t]*(?:\d{1,3}[.)]|[-*•+])[ \t]+\S", re.MULTILINE)
# Words that no English sentence ends with; not "a", which names an option, nor "to" and "in", which end many.
_LEADS_ON = re.compile(
    r"\s(?:the|an|and|or|nor|but|because|although|whereas|whose|their|your|my|our|every|into|if)$"
)
_NOT_PROSE = re.compile(r"^\s*(?:[-*•+|>#]|\d{1,3}[.)]\s)|[|=<>\\/{}\[\]_$]|https?:|@\w")
_SENTENCE_END = re.compile(r"[.!?][\"'\u201d\u2019)\]*]*\s+(?=[A-Z\u201c\"'(#~\u2013\u2014-])")
# A paragraph that ends its sentences says that it ends them; below this it may be a hasty hand.
FEWEST_SENTENCES = 3
FEWEST_WORDS = 4
SHORTEST = 40


def ending_faults(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Yield answers that end in the middle.

    An answer is cut off when it ends with a comma or an opening bracket, with the hyphen of a broken word, with
    the mark of a list item that never came, with a word that leads on such as "the" or "because", or without a
    sign after the last words of a paragraph that ended three sentences before. Code, lists, tables, addresses,
    short answers, closings of letters and smileys may end as they like.
    """
    for number, turn in enumerate(turns):
        if turn.role == "assistant" and not is_call(turn) and _is_cut_off(turn.content.rstrip()):
            yield Finding("cut-off", number)


def _is_cut_off(text: str) -> bool:
    if not text:
        return False
    end = text[-1]
    if end.isalpha():
        return len(text) >= SHORTEST and _breaks_off(text, text[text.rfind("\n") + 1 :].strip())
    if end in _OPENS:
        return _is_left_open(text) and not looks_like_code(text)
    if end == "-" and text[-2:-1].isalpha():
        return len(text) >= SHORTEST and not looks_like_code(text)
    return end in ".)-*•+" and _is_mark_alone(text)


def _is_left_open(text: str) -> bool:
    return len(text) > 1 and not (_FAREWELL.search(text[-80:]) or _SMILEY.search(text))


def _is_mark_alone(text: str) -> bool:
    """Whether the last line is the mark of a list's next item, with nothing behind it."""
    before, _, last = text.rpartition("\n")
    return bool(before and _MARK_ALONE.fullmatch(last.strip()) and _ITEM.search(before))


def _breaks_off(text: str, last_line: str) -> bool:
    if _NOT_PROSE.search(last_line):
        return False
    if _LEADS_ON.search(last_line):
        return len(last_line.split()) > 2 * FEWEST_WORDS and not looks_like_code(text)
    sentences = _SENTENCE_END.split(last_line)
    if len(sentences) <= FEWEST_SENTENCES or _SIGNATURE.search(sentences[-1]):
        return False
    return len(sentences[-1].split()) >= FEWEST_WORDS and not looks_like_code(text)
