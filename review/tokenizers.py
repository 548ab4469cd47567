"""Tokenizers: two that are built in, and any that a team uploads as tokenizer.json."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence

import toktok
from tokenizers import Tokenizer

# The tokens of each text, in their order.
Count = Callable[[Sequence[str]], list[int]]

BUILT_IN = ("o200k_base", "cl100k_base")
KEPT = 4
# Signs that a vocabulary may lack: a tokenizer must count them, if only as unknown.
PROBE = "Why 7 ½ ß Ж 天 \U0001f642?\n\x00\t"

_loaded: OrderedDict[str, Tokenizer] = OrderedDict()


def built_in(name: str) -> Count:
    """Return the counter of a vocabulary in `BUILT_IN`; its counts equal tiktoken's `encode_ordinary`.

    It counts on one thread: several workers share the machine.
    """
    return lambda texts: _tolerant(lambda clean: toktok.batch_count(clean, name, threads=1), texts)


def uploaded(digest: str, content: bytes) -> Count:
    """Return the counter of a tokenizer.json whose SHA-256 (hex) is `digest`; the last four stay loaded.

    Raises ValueError, in words for a person, for content that is no tokenizer or has another digest.
    """
    if digest not in _loaded:
        _loaded[digest] = _checked(digest, content)
        if len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    tokenizer = _loaded[digest]
    return lambda texts: _tolerant(lambda clean: _encoded(tokenizer, clean), texts)


def load(content: bytes) -> Tokenizer:
    """Load a tokenizer.json so that it counts nothing but the text.

    Raises ValueError, in words for a person, for content that is no tokenizer.
    """
    try:
        tokenizer = Tokenizer.from_buffer(content)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True
        _encoded(tokenizer, [PROBE])
    except Exception as error:  # the library raises no narrower one
        raise ValueError(
            f"The file is no tokenizer.json that can count every text ({str(error)[:200]}):"
            " take the tokenizer.json of the model, or save one with tokenizer.save(…)."
        ) from error
    return tokenizer


def _checked(digest: str, content: bytes) -> Tokenizer:
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"The stored tokenizer is not the one with the SHA-256 {digest}: upload it again.")
    return load(content)


def _encoded(tokenizer: Tokenizer, texts: Sequence[str]) -> list[int]:
    return [len(encoded) for encoded in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]


def _tolerant(count: Count, texts: Sequence[str]) -> list[int]:
    try:
        return count(texts)
    except (UnicodeEncodeError, TypeError):
        # What cannot be written in UTF-8 becomes U+FFFD, as tiktoken has it; tokenizers calls it no text at all.
        return count([text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts])
