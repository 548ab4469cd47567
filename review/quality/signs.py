"""Classes of characters, as tables that compiled loops look code points up in."""

from functools import cache

import numpy as np
import numpy.typing as npt

WORD, SPACE, ALONE = (
    1,
    2,
    4,
)  # letters and digits; white space; letters of scripts that put no space between words

Table = npt.NDArray[np.uint8]

# Han, kana and the scripts of South-East Asia that write without spaces.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF))
_UNSPACED_TOO = ((0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))


@cache
def kinds() -> Table:
    """Return for each code point which of WORD, SPACE and ALONE it is, added up."""
    points = np.arange(0x110000, dtype="<u4")
    signs = points.view("<U1")
    table = np.zeros(len(points), np.uint8)
    table[np.strings.isalnum(signs)] = WORD
    table[np.strings.isspace(signs)] = SPACE
    for first, last in _UNSPACED + _UNSPACED_TOO:
        table[first : last + 1] |= np.where(table[first : last + 1] & WORD, ALONE, 0).astype(np.uint8)
    return table
