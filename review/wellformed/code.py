"""What of a text is code, and what is prose."""

import re
from collections.abc import Iterator, Sequence

from annotate.records import Turn
from review.wellformed.issues import Finding

# A fence begins a line, perhaps inside a list item or a quotation; its first word may name a language.
_FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(`{3,})([^`\n]*)$", re.MULTILINE)
_TICKS = re.compile(r"`{3,}")
_BLOCK = re.compile(r"(`{3,}).*?(?:\1|\Z)", re.DOTALL)
_INLINE = re.compile(r"`[^`\n]+`")

# Code that stands without a fence: a line that only code begins with, or lines that end as code does.
_CODE_LINE = re.compile(
    r"^[ \t]*(?:def \w+\(|class \w+ *[:({]|import [\w.*{} ,]+(?:;|$|from )|from [\w.]+ import |#include\b|#!/"
    r"|(?:async )?function\b.*\(|(?:const|let|var) \w+ *=|(?:public|private|protected|static|async|abstract)"
    r" (?:static|class|void|int|string|bool|final|override|async|def|function)\b|<\?php|<!DOCTYPE|</?[a-z][\w-]*[ >/]"
    r"|(?:if|for|while|switch|elif) ?\(|(?-i:(?:SELECT|INSERT|UPDATE|DELETE|CREATE)\b.*\b(?:FROM|INTO|SET|TABLE)\b)"
    r"|@\w+(?:\(.*\))?[ \t]*$|[\w.]+ = \S|print\(|console\.|//|\\(?:begin|documentclass))|[;{}][ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)


def prose(text: str) -> str:
    """Return a text without its code blocks and inline code."""
    if "`" not in text:
        return text
    return _INLINE.sub(" ", _BLOCK.sub("\n", text))


def looks_like_code(text: str) -> bool:
    """Whether a text without a fence reads as code or markup at some line."""
    return bool(_CODE_LINE.search(text))


def has_open_fence(text: str) -> bool:
    """Whether a code block is opened and never closed.

    As CommonMark has it, a fence is closed by one of at least its length that names no language. Where all
    runs of three backticks or more pair up in number, a block that began inside a line is given the benefit.
    """
    if "```" not in text or not len(_TICKS.findall(text)) % 2:
        return False
    opened = 0
    for ticks, word in _FENCE.findall(text):
        if not opened:
            opened = len(ticks)
        elif len(ticks) >= opened and not word.strip():
            opened = 0
    return opened > 0


def fence_faults(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Yield turns with a code block that is never closed."""
    for number, turn in enumerate(turns):
        if "```" in turn.text and has_open_fence(turn.text):
            yield Finding("open-fence", number)
