"""Guidelines as HTML: what Markdown may do, and what nobody may do with it."""

from html.parser import HTMLParser

import pytest

from annotate.markdown import EXCERPT, excerpt, to_html


class Tags(HTMLParser):
    """The tags of a text with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Say **what**.", "<p>Say <strong>what</strong>.</p>"),
        ("# Top", "<h2>Top</h2>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("~~old~~", "<p><s>old</s></p>"),
        ("", ""),
    ],
)
def test_markdown_is_shown(text: str, html: str) -> None:
    assert to_html(text).strip() == html


def test_headings_start_under_the_one_of_the_page() -> None:
    assert "<h4>" in to_html("## Part", below=2)
    assert "<h6>" in to_html("###### Deep", below=2)


def test_links_lead_out_without_telling_from_where() -> None:
    html = to_html("[here](https://example.org/a)")
    assert 'href="https://example.org/a"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "![x](https://example.org/track.png)",
        '<a href="#" style="position:fixed">x</a>',
        "<div onclick=alert(1)>x</div>",
        '<https://example.org/"onmouseover=alert(1)>',
        "```html\n<script>alert(1)</script>\n```",
        "| a |\n|---|\n| <iframe src=//example.org></iframe> |",
        "[x]: javascript:alert(1)\n\n[x]",
        '[x](https://example.org "t\\" onclick=\\"alert(1)")',
    ],
)
def test_nothing_runs_and_nothing_is_fetched(text: str) -> None:
    tags = Tags()
    tags.feed(to_html(text))
    assert {name for name, _ in tags.found} <= {
        "p",
        "a",
        "pre",
        "code",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    for name, attributes in tags.found:
        assert set(attributes) <= {"href", "title", "rel"}, name
        assert str(attributes.get("href", "https:")).startswith("https:")


def test_the_excerpt_ends_between_paragraphs() -> None:
    paragraphs = [f"Paragraph {number}." + " Words." * 20 for number in range(20)]
    cut = excerpt("\n\n".join(paragraphs))
    assert len(cut) <= EXCERPT + len(paragraphs[0])
    assert cut.split("\n\n") == paragraphs[: len(cut.split("\n\n"))]


def test_a_short_text_is_its_own_excerpt() -> None:
    assert excerpt("One idea per step.") == "One idea per step."


def test_one_endless_paragraph_is_cut() -> None:
    assert excerpt("word " * 1_000).endswith(" …")
    assert len(excerpt("word " * 1_000)) <= EXCERPT + 2


def test_an_excerpt_ends_with_no_heading_of_what_it_leaves_out() -> None:
    assert excerpt("First.\n\n## Tone\n\n" + "word " * 200, length=40) == "First."
