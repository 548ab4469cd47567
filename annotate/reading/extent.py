"""Where a JSON value ends by its quotes and brackets alone, so that a broken one can be stepped over."""

import re

# All up to the next bracket, and up to a quote that is not closed in the text at hand.
_BETWEEN = re.compile(r'(?:[^"\[\]{}]++|"[^"\\\x00-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*+)*+")*+')
_IN_STRING = re.compile(r'[^"\\\x00-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*+)*+')
_BARE = re.compile(r'[^\s,\[\]{}":]*+')
_CLOSING = {"[": "]", "{": "}"}


class Extent:
    """A scan for the end of one value, fed with growing text; each character is looked at once.

    `length` counts from the value's start; it is the value's whole length once `feed` returned True.
    `is_safe` is False where quotes or brackets do not match, so that nobody can tell where the value ends.
    """

    def __init__(self) -> None:
        self.length = 0
        self.is_safe = True
        self._has_begun = False
        self._in_string = False
        self._open: list[str] = []

    def feed(self, text: str, start: int) -> bool:
        """Scan on in `text`, where the value begins at `start`; return whether the scan is over."""
        at = start + self.length
        while at < len(text):
            if self._in_string:
                if text.startswith("\\", at) and at + 1 == len(text):
                    break  # what the backslash escapes has not come yet
                at, is_over = self._string(text, at)
            elif self._open or (not self._has_begun and text[at] in '"[{'):
                at, is_over = self._token(text, at)
            else:
                at, is_over = self._bare(text, at)
            self._has_begun = True
            self.length = at - start
            if is_over:
                return True
        return False

    def drop(self) -> None:
        """Count from here: what was scanned has been thrown away."""
        self.length = 0

    def _string(self, text: str, at: int) -> tuple[int, bool]:
        found = _IN_STRING.match(text, at)
        at = found.end() if found else at
        if at == len(text) or (text[at] == "\\" and at + 1 == len(text)):
            return at, False
        if text[at] != '"':
            return at, self._unsafe()
        self._in_string = False
        return at + 1, not self._open

    def _token(self, text: str, at: int) -> tuple[int, bool]:
        found = _BETWEEN.match(text, at) if self._open else None
        at = found.end() if found else at
        if at == len(text):
            return at, False
        sign = text[at]
        if sign == '"':
            self._in_string = True
        elif sign in _CLOSING:
            self._open.append(_CLOSING[sign])
        elif self._open.pop() != sign:
            return at, self._unsafe()
        return at + 1, not self._in_string and not self._open

    def _bare(self, text: str, at: int) -> tuple[int, bool]:
        found = _BARE.match(text, at)
        end = found.end() if found else at
        if end == at:
            return at, self._has_begun or self._unsafe()
        return end, end < len(text)

    def _unsafe(self) -> bool:
        self.is_safe = False
        return True
