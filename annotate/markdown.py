"""Guidelines: Markdown that a manager wrote, as HTML that a page may show."""

import re

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p",
    "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
EXCERPT = 420
_HEADING_AT_THE_END = re.compile(r"(\n+#{1,6} [^\n]*)+$")

_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
)


def to_html(text: str, *, below: int = 1) -> SafeString:
    """Return Markdown as clean HTML: no raw HTML, images, scripts or styles; headings start under level `below`."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + below)}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return mark_safe(_cleaner.clean(html))  # noqa: S308  the cleaner lets only the tags above through


def excerpt(text: str, length: int = EXCERPT) -> str:
    """Return the first paragraphs of a Markdown text, about `length` characters; the whole where it is shorter."""
    if len(text) <= length:
        return text
    kept = ""
    for block in text.replace("\r\n", "\n").split("\n\n"):
        if kept and len(kept) + len(block) > length:
            break
        kept += block + "\n\n"
    if len(kept) > 2 * length:
        return kept[:length].rstrip() + " …"
    return _HEADING_AT_THE_END.sub("", kept.strip())
