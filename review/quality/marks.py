"""What is found in one conversation by looking for it, rather than by counting every character and word."""

import re
from math import log1p

from review.quality.text import Exchange

NAMES = (
    "no_end", "cut_off", "leads_on", "asks", "lower_start", "markup", "placeholders", "damage", "labels", "asked",
    "number", "commas", "answers", "repeated_answer", "shortest_earlier", "others", "unanswered", "void",
)  # fmt: skip

_ENDS = frozenset(".!?:;\"'`)]}>*_~|/…。！？」』】》）”’»")  # noqa: RUF001  (East Asian signs)
_LEADS_ON = re.compile(
    r"(?:[,([{\-]|\b(?:the|an?|and|or|nor|but|because|although|of|with|for|to|in|on|at|by|from|as|that|which|is|are|was"
    r"|were|its|their|your|my|our|every|into|if|will|can|has|have))$",
    re.IGNORECASE,
)
_PROSE = 8  # words of a last line that is a sentence rather than an item or a name
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,80}>|&(?:[a-z]{2,6}|#\d{2,5});")
_PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]{1,40}\}\}|\[(?:insert|your|name|add|enter)\b[^\]\n]{0,40}\]|\[[A-Z][A-Z _]{2,30}\]"
    r"|<(?:insert|your|name)\b[^<>\n]{0,40}>|\bTODO\b|\bX{3,}\b|_{4,}",
    re.IGNORECASE,
)
_DAMAGE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ud800-\udfff]"
    "|[\u00c2\u00c3\u00e2\u00f0\u00d0\u00d1][\x80-\xbf\u20ac\u2018-\u203a\u0152\u0153\u0160\u0161\u0178\u017d\u017e]"
)
_LABEL = re.compile(
    r"^[#*>\s]{0,6}(?:instruction|response|output|input|human|assistant|user|question|answer|system|q|a)s?\*{0,2} ?:",
    re.IGNORECASE | re.MULTILINE,
)
_VOID = re.compile(
    r"\W*(?:n/?a|none|null|nan|nil|undefined|no ?(?:input|output|answer|response)|unknown|-)?\W*", re.I
)
_LONGEST_VOID = 40
_MANY = 10**9  # words of an earlier answer where there is none
_SPELLED = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip
# A number and, at most three words on, a plural that things are listed of.
_NUMBER = re.compile(
    rf"(?<![\w.,$:/])(\d{{1,2}}|{'|'.join(_SPELLED)}) (?:[a-z-]+ ){{0,3}}?"
    r"(?!(?:words|characters|letters|minutes|hours|days|weeks|months|years|dollars|times|percent|points|people|miles"
    r"|inches|feet|meters|metres|cents|is|was|has|as|this|its)\b)[a-z]{2,}s\b",
    re.IGNORECASE,
)


def marks_of(exchange: Exchange) -> tuple[float, ...]:
    """Return a number for each of NAMES: 0 or 1, or a count, or the logarithm of one."""
    return (*_ending(exchange.answer), *_content(exchange), *_asked(exchange), *_conversation(exchange))


def _ending(answer: str) -> tuple[float, ...]:
    text = answer.rstrip()
    if not text:
        return (0, 0, 0, 0, 0)
    open_end = text[-1] not in _ENDS
    last = text[text.rfind("\n") + 1 :]
    cut_off = open_end and last.count(" ") >= _PROSE
    leads_on = bool(_LEADS_ON.search(text, max(0, len(text) - 12)))
    return (open_end, cut_off, leads_on, text[-1] in "??", answer.lstrip()[0].islower())


def _content(exchange: Exchange) -> tuple[float, ...]:
    """Return what was left over in the answer; markup only where the instruction speaks of none."""
    answer, asked = exchange.answer, exchange.instruction
    marked = ("<" in answer or "&" in answer) and not (
        "<" in asked or "html" in asked.lower() or "```" in answer
    )
    markup = len(_TAG.findall(answer)) if marked else 0
    may_hold = any(sign in answer for sign in ("[", "{{", "<", "TODO", "XXX", "____"))
    placeholders = len(_PLACEHOLDER.findall(answer)) if may_hold else 0
    labels = len(_LABEL.findall(answer)) if ":" in answer else 0
    return (log1p(markup), log1p(placeholders), log1p(len(_DAMAGE.findall(answer))), log1p(labels))


def _asked(exchange: Exchange) -> tuple[float, ...]:
    found = _NUMBER.search(exchange.instruction)
    number = 0
    if found:
        word = found[1].lower()
        number = _SPELLED.get(word) or int(word)
    return ("?" in exchange.instruction, number, exchange.answer.count(","))


def _conversation(exchange: Exchange) -> tuple[float, ...]:
    answers = (*exchange.earlier, exchange.answer)
    again = len(answers) - len({answer.strip() for answer in answers})
    return (
        log1p(exchange.answered),
        again / len(answers),
        min((len(answer.split()) for answer in exchange.earlier), default=_MANY),
        exchange.others,
        not exchange.closed,
        len(exchange.answer) < _LONGEST_VOID and bool(_VOID.fullmatch(exchange.answer)),
    )
