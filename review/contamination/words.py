"""A text as the words that are compared: lower case, without punctuation."""

import re
import unicodedata

_PLAIN = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256))
# Han, kana and hangul write no spaces between words: each character counts as one.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def words_of(text: str) -> list[bytes]:
    """Return a text's words in UTF-8, case and form folded (NFKC); whatever is no letter and no digit parts them."""
    if text.isascii():
        return text.encode().translate(_PLAIN).split()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word.encode("utf-8", "surrogatepass") for word in _WORD.findall(folded)]
