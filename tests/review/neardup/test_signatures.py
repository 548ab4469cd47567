"""The kernels against datasketch and against the definition in plain Python."""

import subprocess
import sys

import numba
import numpy as np
import pytest
import xxhash
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from review.neardup import compiling, text_kernels
from review.neardup.corpus import exact_sets
from review.neardup.live import minhash, text_bands, text_similarities
from review.neardup.shingles import (
    CHARACTERS,
    WORDS,
    Shingles,
    normal_form,
    shingle_hashes,
    shingles_of,
)
from review.neardup.signatures import BANDS, NONE, agreement, bands, packed, signatures

KINDS = pytest.mark.parametrize("shingles", [CHARACTERS, WORDS], ids=lambda kind: kind.slug)
TEXTS = [
    "",
    "...",
    "a",
    "abcd",
    "abcde",
    "two words",
    "three short words",
    "Hello, World! It's a well-known (if odd) text.\n\nWith lines\tand tabs.",
    "Ünïcode naïve Cafe\u0301, İstanbul, ΣΊΣΥΦΟΣ, ﬁne",
    "東京は日本の首都です。人口は約1400万人。",
    "👍🏽 👩\u200d👩\u200d👧 flags 🇩🇪 e\u0301\u0323",
    "zero\u200bwidth \ud800 surrogate \x00 nul \x85 next line",
    "a" * 5_000,
    "word " * 2_000,
]
# Whatever a file may hold: any text at all, and texts full of edges.
ANY = st.one_of(st.text(), st.text(st.sampled_from("aAéE\u0301 \n\t.,-_İß日👍\u200b\u0300\ud800")))


def sketched(text: str, shingles: Shingles) -> MinHash:
    """datasketch as anybody would call it; none of Winnow's own code but the shingles."""
    made = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=xxhash.xxh32_intdigest)
    made.update_batch([shingle.encode("utf-8", "surrogatepass") for shingle in shingles_of(text, shingles)])
    return made


def assert_equal(texts: list[str], shingles: Shingles) -> None:
    normal = packed(texts)
    forms = [
        normal.data[start:end].tobytes() for start, end in zip(normal.ends, normal.ends[1:], strict=False)
    ]
    assert forms == [normal_form(text).encode("utf-8", "surrogatepass") for text in texts]
    made = signatures(normal, shingles)
    assert np.array_equal(made, [sketched(text, shingles).hashvalues for text in texts])
    assert np.array_equal(made, [minhash(text, shingles).hashvalues for text in texts])
    sets = exact_sets(normal, np.arange(len(texts)), shingles)
    each = [sets.hashes[start:end].tolist() for start, end in zip(sets.ends, sets.ends[1:], strict=False)]
    assert each == [sorted(shingle_hashes(text, shingles)) for text in texts]
    rows = bands(made, normal, shingles, "salt")
    assert [row for row in rows.T.tolist() if row[0] != NONE] == [
        row for row in (text_bands(text, shingles, "salt") for text in texts) if row
    ]


@KINDS
def test_kernels_equal_datasketch_and_the_definition(shingles: Shingles) -> None:
    assert_equal(TEXTS, shingles)


@KINDS
@settings(max_examples=60, deadline=None)
@given(texts=st.lists(ANY, min_size=1, max_size=5))
def test_kernels_equal_them_on_any_text(shingles: Shingles, texts: list[str]) -> None:
    assert_equal(texts, shingles)


@settings(deadline=None)  # the first call compiles
@given(st.binary(max_size=80))
def test_xxh32(data: bytes) -> None:
    found = text_kernels.xxh32(np.frombuffer(b"ab" + data + b"c", np.uint8), 2, 2 + len(data))
    assert found == xxhash.xxh32_intdigest(data)


def test_no_texts() -> None:
    normal = packed([])
    assert signatures(normal, WORDS).shape == (0, 128)
    assert bands(signatures(normal, WORDS), normal, WORDS, "").shape == (BANDS, 0)


def test_salts_shingles_and_bands_never_meet() -> None:
    text = "the same text under every salt"
    hashes = [
        hash_
        for shingles in (CHARACTERS, WORDS, Shingles("words", 5))
        for salt in ("", "one", "two")
        for hash_ in text_bands(text, shingles, salt)
    ]
    assert len(set(hashes)) == len(hashes) == 9 * BANDS
    assert text_bands(text, WORDS, "one") == text_bands(text.upper(), WORDS, "one")


def test_stored_bands_keep_their_meaning() -> None:
    # Whoever changes these numbers makes every stored band useless: raise VERSION in shingles.py.
    assert text_bands("The quick brown fox.", CHARACTERS, "project")[:2] == [
        8255544393381666055,
        3412267485109727955,
    ]
    assert text_bands("The quick brown fox.", WORDS, "project")[:2] == [
        2481152832966975733,
        -7224569598810660779,
    ]


def test_similarities_of_one_text() -> None:
    found = text_similarities(
        "One two three four",
        ["one, two three FOUR!", "one two three five", "", "x"],
        WORDS,
    )
    assert found == [1.0, 1 / 3, 0.0, 0.0]


@pytest.mark.parametrize(("similarity", "places"), [(0.0, 0), (0.5, 35), (0.7, 61), (1.0, 128)])
def test_agreement_of_sketches(similarity: float, places: int) -> None:
    assert agreement(similarity) == places


def test_one_text_needs_no_compiler() -> None:
    code = (
        "import sys; from review.neardup import engine, live, shingles;"
        "live.text_bands('a b c', shingles.WORDS, ''); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_kernels_compile_where_no_folder_can_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    njit = numba.njit

    def unwritable(*, cache: bool = False, **options: bool) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(**options)

    monkeypatch.setattr(numba, "njit", unwritable)
    assert compiling.compiled(lambda: 1)() == 1
