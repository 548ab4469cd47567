"""The reference page of the features, written from them."""

from review.quality.features import FEATURES, FEATURES_VERSION
from review.quality.terms import CHAR_BUCKETS, TERMS_VERSION, WORD_BUCKETS

HEAD = """\
# Features of the quality classifier

This page is written from the code by `make docs`.

The quality classifier reads two things of an example. **Features** are numbers that can be counted of any text; they
carry the first hundred labels. **Terms** are the words themselves; they add to it from some fifty labels up. Neither
needs a model of language or a network, and the same text always has the same values. What is meant by the *answer* is
the conversation's last assistant turn, by the *instruction* the user turn before it with its input; a record that is
one whole text is an answer that nobody asked for. Counts are taken as ln(1 + count), so ten words more matter to a
short answer and not to a long one.

A feature says nothing about good or bad by itself: what each weighs, and to which side, is learnt from the labels of
the project. A project whose reviewers like short answers gets a classifier that does.
"""
TERMS = """\
## Terms

Version {version}. Words and pairs of neighbouring words, in lower case, of the last instruction and of the last answer
apart ({words:,} columns), and runs of three to five characters inside the words of the last answer ({chars:,} columns).
Where a script puts no space between words, each of its characters is a word. A column is chosen by a hash, so there is
no vocabulary to store; two terms may share one. The value is 1 + ln(occurrences). Which terms are rare is learnt from
the project's own texts.

## Limits of what can be counted

Features and terms see form, wording and repetition. They do not see whether a statement is true, whether code runs or
which of two fluent answers people like better. Phrases and readability are made for English. Stop words are known in
{languages}; other languages are told apart by their script only.
"""
NAMES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "sv": "Swedish",
    "pl": "Polish",
    "ru": "Russian",
    "tr": "Turkish",
    "id": "Indonesian",
}


def features_page() -> str:
    """Return the page in Markdown: every feature with its label and why it speaks of quality."""
    rows = "".join(f"| `{each.slug}` | {each.label} | {each.why} |\n" for each in FEATURES)
    *names, last = NAMES.values()
    terms = TERMS.format(
        version=TERMS_VERSION,
        words=WORD_BUCKETS,
        chars=CHAR_BUCKETS,
        languages=f"{', '.join(names)} and {last}",
    )
    return (
        f"{HEAD}\n## Features\n\nVersion {FEATURES_VERSION}, {len(FEATURES)} features.\n\n"
        f"| feature | what it is | why it speaks of quality |\n| --- | --- | --- |\n{rows}\n{terms}"
    )
