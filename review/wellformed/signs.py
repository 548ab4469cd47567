"""Characters that say that a text was damaged on its way."""

import re
from collections.abc import Iterator, Sequence

from ftfy import fix_encoding
from ftfy.badness import is_bad
from ftfy.fixes import fix_c1_controls

from annotate.records import Turn
from review.wellformed.code import prose
from review.wellformed.issues import Finding

# Tab, line feed and carriage return are text. C1 controls, lone surrogates and noncharacters are not.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ASCII_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENCODINGS = re.compile(r"mojibake|encod|utf-?8|latin-?1|windows-?125|unicode|charset|garbled", re.IGNORECASE)
_REPLACED = "\ufffd"
# What garbled UTF-8 looks like at the least: two signs beyond ASCII side by side, the first of them neither
# punctuation nor East Asian; or one of the two letters that stand before a space. ftfy takes far longer.
_SUSPECT = re.compile(
    "[^\x00-\x7f\u2010-\u205f\u2e80-\u9fff\uac00-\ud7ff\uff00-\uffef\U0001f000-\U0001faff][^\x00-\x7f]|[ÂÃ]"
)


def sign_faults(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Yield turns with control characters, and turns with mojibake.

    Mojibake: the replacement character U+FFFD, or a line that ftfy finds unlikely and can also put right.
    A conversation that speaks of encodings may show what it speaks of.
    """
    for number, turn in enumerate(turns):
        text = turn.text
        if text.isascii():
            if not text.isprintable() and _ASCII_CONTROLS.search(text):
                yield Finding("control-characters", number)
            continue
        if _CONTROLS.search(text):
            yield Finding("control-characters", number)
        if (
            (_REPLACED in text or _SUSPECT.search(text))
            and _is_garbled(prose(text))
            and not _speaks_of_it(turns)
        ):
            yield Finding("mojibake", number)


def _is_garbled(text: str) -> bool:
    if _REPLACED in text:
        return True
    return any(is_bad(line) and _is_mended(line) for line in text.split("\n"))


def _is_mended(line: str) -> bool:
    # ftfy also moves C1 controls to the signs they stand for, which are whole letters beside them.
    controls_mended: str = fix_c1_controls(line)
    return bool(fix_encoding(line) not in {line, controls_mended})


def _speaks_of_it(turns: Sequence[Turn]) -> bool:
    return any(_ENCODINGS.search(turn.text) for turn in turns)
