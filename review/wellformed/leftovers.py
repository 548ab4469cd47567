"""Placeholders that were never filled in, and notes to finish a text later."""

import re
from collections.abc import Iterator, Sequence

from annotate.records import Turn
from review.wellformed.code import looks_like_code, prose
from review.wellformed.issues import Finding

_BRACES = re.compile(r"(?<![{$\\%])\{\{ *[^\W\d][\w .-]{0,40}\}\}(?!\})")
# Who speaks of templates writes their placeholders on purpose.
_TEMPLATES = re.compile(
    r"\b(?:jinja\w*|handlebars|mustaches?|vue(?:\.?js)?|angular\w*|svelte|django|flask|liquid|ansible|helm|twig"
    r"|blade|nunjucks|hugo|jekyll|shopify|n8n|templat\w+|placeholders?|interpolat\w+|curly|braces|mail ?merge"
    r"|wikitext|mediawiki|wikipedia|latex|cloze|anki|variables?|yaml|html)\b",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:placeholder|dummy|filler|sample text|lorem|latin|typeset|html|css|web ?page|mock ?-?up)", re.I
)
_TODO = re.compile(
    r"\b(?:TODO|FIXME|TBD|TBC)\b(?= ?:(?!\w))|[\[(<{] ?(?:TODO|FIXME|TBD|TBC)\b"
    r"|^[ \t]*(?:TODO|FIXME|TBD|TBC)[ \t.!]*$"
    r"|\[(?:insert|INSERT|Insert|add your|fill in|to be (?:added|completed|determined|filled))\b[^\]\n]{0,60}\]",
    re.MULTILINE,
)
# A comment in code that stands without a fence; "# TODO" is a heading or a comment, and either is meant.
_COMMENT = re.compile(r"^.*(?://|#|/\*|<!--|--|%|;).*$", re.MULTILINE)
_LISTS = re.compile(r"to-?do (?:list|app|item|comment)", re.IGNORECASE)


def leftover_faults(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Yield placeholders in any turn's prose, and notes such as TODO in an answer's."""
    for number, turn in enumerate(turns):
        text = turn.text
        if turn.role == "tool":
            continue
        if ("{{" in text and _has_braces(text) and not _is_about(_TEMPLATES, turns, _BRACES)) or (
            ("orem ipsum" in text or "OREM IPSUM" in text) and _is_filler(turns, number)
        ):
            yield Finding("placeholder", number)
        if turn.role == "assistant" and _may_have_note(text) and _has_note(text, turns):
            yield Finding("todo", number)


def _has_braces(text: str) -> bool:
    plain = prose(text)
    return bool(_BRACES.search(plain)) and not looks_like_code(_BRACES.sub("", plain))


def _is_about(words: re.Pattern[str], turns: Sequence[Turn], but: re.Pattern[str]) -> bool:
    return any(words.search(but.sub(" ", turn.text)) for turn in turns)


def _is_filler(turns: Sequence[Turn], number: int) -> bool:
    """Whether lorem ipsum is a leftover: an answer holds it, and nobody asked for it or speaks about it."""
    turn = turns[number]
    if turn.role != "assistant" or looks_like_code(prose(turn.text)):
        return False
    return not any(_FILLER.search(asked.text) for asked in turns[:number])


def _may_have_note(text: str) -> bool:
    return "TODO" in text or "FIXME" in text or "TBD" in text or "TBC" in text or "[" in text


def _has_note(text: str, turns: Sequence[Turn]) -> bool:
    plain = prose(text)
    if not _TODO.search(plain):
        return False
    if looks_like_code(plain):
        plain = _COMMENT.sub("", plain)
    return bool(_TODO.search(plain)) and not any(_LISTS.search(turn.text) for turn in turns)
