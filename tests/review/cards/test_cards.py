"""A card says what its manifest says, in Markdown and YAML that no name can break."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from annotate.formats import FORMATS
from annotate.markdown import to_html
from annotate.models import Dataset
from review.cards import CARD_NAME, card_body, card_of
from review.cards.contents import SOURCES
from review.cards.front import size_of
from review.manifests import Counts, Decision, Manifest, Provenance, ReleasedFile
from review.stated import AppliedJudge, Order, Overlap
from tests.review.test_manifests import FILE, MANIFEST, PROOF

GOLDEN = Path(__file__).with_name("golden.md")
SMALL = replace(
    MANIFEST,
    counts=Counts(
        2, {"school-maths": 2}, {"existing": 2}, {"length": 3, "format": 0}, {"bad": 4, "undecided": 0},
        {"Alpaca has no place for tool turns.": 1}, {"Turn 2 has keys that this format has no place for.": 2},
        {"en": 199, "fr": 2, "und": 1},
    ),
    samples=(replace(PROOF, upper=0.0765, disputed=1),),
    classifier=replace(
        MANIFEST.classifier, minimum=0.35, sampled=80, base_rate=0.25, brier=0.132, ece=0.041
    ) if MANIFEST.classifier else None,
)  # fmt: skip
# Each would be something else than a name, somewhere: in YAML, in Markdown, in HTML, in a shell, in a reader's eye.
HOSTILE = (
    "a | b", "<script>alert(1)</script>", "</table><img src=x onerror=alert(1)>", "# heading", "- item", "1. item",
    "*bold* _it_ ~~gone~~ `code`", "[link](javascript:alert(1))", "![image](http://x.example/y.png)", "a\n\n# new",
    "---", "yes", "&lt;b&gt; &amp;", "$x^2$", "back\\slash", "“quotes” \" ' : {a: 1}", "a\u202egpj.exe", "\u0007bell",
    "ends with #", "`", "{{ name }}", "naïve 日本語 👩‍🔬",
)  # fmt: skip


def front_of(manifest: Manifest) -> dict[str, Any]:
    _, front, _ = card_of(manifest).decode().split("---\n", 2)
    values: dict[str, Any] = yaml.safe_load(front)
    return values


def test_the_card_of_a_small_manifest() -> None:
    assert card_of(SMALL).decode() == GOLDEN.read_text("utf-8")


def test_the_same_manifest_gives_the_same_bytes_however_it_was_stored() -> None:
    stored = json.loads(json.dumps(SMALL.as_dict(), sort_keys=True))
    backwards = {name: dict(reversed(list(count.items()))) if isinstance(count, dict) else count
                 for name, count in stored["counts"].items()}  # fmt: skip
    assert card_of(Manifest.from_dict(stored | {"counts": backwards})) == card_of(SMALL)


def test_a_card_does_not_change_by_being_named_in_the_manifest() -> None:
    with_card = replace(SMALL, files=(*SMALL.files, ReleasedFile(CARD_NAME, "55" * 32, 0, 4_000)))
    assert card_of(with_card) == card_of(SMALL)


def named(text: str) -> Manifest:
    """Return the manifest with everything that people name called so."""
    return replace(
        SMALL,
        release=text, project=text, winnow=text,
        datasets=(Provenance("school-maths", text, text, text, text),),
        samples=(replace(PROOF, dataset=text, source_import=text),),
        decisions=(Decision(text, "accepted", text, "2025-11-20T13:00:00Z", text),),
        contamination=replace(SMALL.contamination, found=(Overlap("01a2", text, 3, 0.5, text),)),
        counts=replace(SMALL.counts, left_out={text: 1}, lossy={text: 2}),
        selection=replace(SMALL.selection, name=text) if SMALL.selection else None,
        judges=(AppliedJudge(2, "55" * 32, text, 2),),
    )  # fmt: skip


def shape(manifest: Manifest) -> list[str]:
    """Return what a card is made of, in a reader that would let HTML through."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(
        card_body(card_of(manifest).decode())
    )  # fmt: skip
    inside = [child.type for token in tokens for child in token.children or () if child.type != "text"]
    return [token.type for token in tokens] + inside


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_breaks_neither_the_yaml_nor_the_markdown(text: str) -> None:
    told = card_of(named(text)).decode()
    seen = " ".join("".join(sign if sign.isprintable() or sign == "\u200d" else " " for sign in text).split())
    assert front_of(named(text))["pretty_name"] == seen
    assert front_of(named(text))["license_name"] == seen
    assert shape(named(text)) == shape(named("plain"))
    assert "\u202e" not in told
    html = to_html(card_body(told))
    assert "<script" not in html and "<img" not in html and "javascript:" not in html.replace(
        "(javascript:alert(1))", ""
    )  # fmt: skip


def test_an_address_is_a_link_and_nothing_else_is() -> None:
    origin = "https://example.org/a_b?c=1&d=2"
    said = card_body(card_of(replace(SMALL, datasets=(replace(SMALL.datasets[0], origin=origin),))).decode())
    assert 'href="https://example.org/a_b?c=1&amp;d=2"' in to_html(said)
    assert "<a " not in to_html(card_body(card_of(named("https://example.org/|<b>")).decode()))


@pytest.mark.parametrize(
    ("licences", "found"),
    [
        (["MIT", "MIT"], {"license": "mit"}),
        (["CC BY 4.0", "CC BY 4.0"], {"license": "cc-by-4.0"}),
        (["own work", "own work"], {"license": "other", "license_name": "own work"}),
        (["MIT", "Apache-2.0"], {}),
        (["MIT", ""], {}),
        (["", ""], {}),
    ],
)
def test_a_licence_is_told_where_all_datasets_agree(licences: list[str], found: dict[str, str]) -> None:
    datasets = tuple(
        Provenance(str(place), "", "human", licence, "") for place, licence in enumerate(licences)
    )
    # What nothing was released of has no say.
    datasets += (Provenance("none", "", "human", "GPL-3.0", ""),)
    counts = replace(SMALL.counts, by_dataset={"0": 1, "1": 1})
    front = front_of(replace(SMALL, datasets=datasets, counts=counts))
    assert {key: value for key, value in front.items() if key.startswith("license")} == found


def test_rare_and_untold_languages_are_not_told_to_hubs() -> None:
    assert front_of(SMALL)["language"] == ["en"]
    norwegian = replace(SMALL.counts, by_language={"no": 5, "en": 9})
    assert front_of(replace(SMALL, counts=norwegian))["language"] == ["en", "no"]
    assert "language" not in front_of(replace(SMALL, counts=replace(SMALL.counts, by_language={})))


@pytest.mark.parametrize(
    ("examples", "size"),
    [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (2_500_000, "1M<n<10M"), (10**9, "1B<n<10B")],
)
def test_the_size_is_one_of_the_hubs_words(examples: int, size: str) -> None:
    assert size_of(examples) == size


def test_a_hub_finds_the_examples_and_not_the_manifest() -> None:
    assert front_of(SMALL)["configs"] == [
        {"config_name": "default", "data_files": [{"split": "train", "path": FILE.path}]}
    ]


@pytest.mark.parametrize("slug", [known.slug for known in FORMATS])
def test_each_format_has_its_snippets(slug: str) -> None:
    body = card_body(card_of(replace(SMALL, format=slug)).decode())
    entry = json.loads(body.split("```json\n")[1].split("```")[0])
    assert entry["school-maths"]["file_name"] == "school-maths.jsonl"
    assert entry["school-maths"]["columns"]
    (loaded,) = yaml.safe_load(body.split("```yaml\n")[1].split("```")[0])["datasets"]
    assert (loaded["path"], loaded["ds_type"]) == ("school-maths.jsonl", "json")
    assert loaded["type"]


def test_what_was_never_measured_is_said() -> None:
    bare = replace(
        SMALL, samples=(), classifier=None, contamination=type(SMALL.contamination)(), decisions=()
    )
    said = card_of(replace(bare, order=Order(), selection=None)).decode()
    for sentence in ("No sample was drawn", "No quality classifier was in use", "with no evaluation set"):
        assert sentence in said
    unread = replace(PROOF, reviewed=0, bad=0, share=None, low=None, high=None)
    assert "| 0 of 60 | 0 | not known |" in card_of(replace(SMALL, samples=(unread,))).decode()


def test_imported_labels_are_not_called_the_reviewers_own() -> None:
    assert SMALL.classifier
    said = card_of(replace(SMALL, classifier=replace(SMALL.classifier, imported=30))).decode()
    assert "fitted to 90 labels of the project's reviewers and 30 that came with the data." in said


def test_a_classifier_that_did_not_decide_says_so() -> None:
    assert SMALL.classifier
    idle = replace(SMALL.classifier, decides=False, minimum=None, auc=None)
    said = card_of(replace(SMALL, classifier=idle)).decode()
    assert "No limit held on its scores" in said
    assert "was not measured" in said


def test_sources_are_called_what_the_pages_call_them() -> None:
    assert dict(Dataset.Source.choices) == SOURCES
