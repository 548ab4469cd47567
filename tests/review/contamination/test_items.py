import gzip
import json
from typing import Any

import pytest

from annotate.reading import Refusal
from review.contamination import MAX_BYTES, items_of

LONG = "How many loaves can a baker make from ten kilos of flour and six litres of water"


def lines(*records: Any) -> bytes:
    return "\n".join(json.dumps(record) for record in records).encode()


@pytest.mark.parametrize(
    ("content", "items"),
    [
        (b"one\ntwo words\n\r\n", ["one", "two words"]),
        (b"\xef\xbb\xbfone\r\ntwo", ["one", "two"]),
        (b"first line\nsecond line\n\n \nnext\n", ["first line\nsecond line", "next"]),
        (b"one\n\n---\n\ntwo", ["one", "two"]),
        (lines({"instruction": LONG, "input": "", "output": "Twelve."}), [LONG]),
        (lines({"instruction": "Why?", "input": "", "output": "Because."}), ["Why?\n\nBecause."]),
        (
            lines(
                {"messages": [{"role": "user", "content": LONG}, {"role": "assistant", "content": "Twelve."}]}
            ),
            [LONG],
        ),
        (lines({"prompt": LONG, "completion": "Twelve."}, {"prompt": "Why?"}), [LONG, "Why?"]),
        (lines({"question": LONG, "answer": "12", "id": 7}), [LONG]),
        (lines({"question_id": 1, "turns": ["Say a.", "Say b."]}), ["Say a.\n\nSay b."]),
        (json.dumps([{"question": "One?"}, {"problem": "Two?"}], indent=1).encode(), ["One?", "Two?"]),
        (gzip.compress(lines({"question": "One?"}), mtime=0), ["One?"]),
    ],
)
def test_items(content: bytes, items: list[str]) -> None:
    assert items_of(content, "a file") == items


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "set.jsonl is empty"),
        (b" \n... \n", "set.jsonl is empty: it holds no item"),
        (lines({"question": "One?"}) + b"\n{broken", "set.jsonl, record 2: "),
        (lines({"question": "One?"}, {"answer": "12"}), "set.jsonl, record 2 names no text to look for"),
        (b"caf\xe9", "neither JSON nor UTF-8 text: save it as UTF-8"),
        (b"\xff\xfeo\x00n\x00e\x00", "save it as UTF-8"),
        (b"a\0b", "neither JSON nor text"),
        (b"x" * (MAX_BYTES + 1), "larger than 32 MB"),
        (gzip.compress(b"plain text", mtime=0), "set.jsonl is no JSON"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_mend(content: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        items_of(content, "set.jsonl")


def test_no_more_items_than_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.contamination.items.MAX_ITEMS", 2)
    assert items_of(b"one\ntwo", "a file") == ["one", "two"]
    with pytest.raises(Refusal, match="more than 2 items"):
        items_of(b"one\ntwo\nthree", "a file")
