"""What explains a measured value to a person, beside the value itself: faults, passages, items."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from annotate.records import Turn
from review.limits import number
from review.personal import KINDS
from review.remote.parsers import category_words
from review.wellformed.issues import ISSUES

AROUND = 60  # characters of text before and after what is shown
LONGEST = 200
SENTENCES = {issue.slug: issue.sentence for issue in ISSUES}
HOW_FOUND = {"13-gram": "in runs of 13 words", "near-duplicate": "edited", "whole": "as a whole"}
KIND_LABELS = {kind.slug: kind.label for kind in KINDS}


def explained(slug: str, values: Mapping[str, Any], turns: Sequence[Turn]) -> list[str]:
    """Return sentences that explain what the limit `slug` says of these measured values of a text.

    `values` are a measurement's fields with `details` among them. Details that this version does not know are
    left out; so is what they say of turns that are not there.
    """
    details = (values.get("details") or {}).get(slug)
    unknown = details.get("unknown") if isinstance(details, Mapping) else None
    if unknown:
        return [str(unknown)]
    return list(_EXPLAIN[slug](values, details, turns)) if slug in _EXPLAIN else []


def _format(values: Mapping[str, Any], details: Any, turns: Sequence[Turn]) -> Iterator[str]:
    places: dict[str, list[int]] = {}
    for finding in details or ():
        places.setdefault(finding["issue"], []).append(finding["turn"] + 1)
    for issue in values.get("format_issues") or ():
        where = sorted(set(places.get(issue, ())))
        turn = f"Turn{'s' * (len(where) > 1)} {', '.join(map(str, where))}: " if where else ""
        yield turn + SENTENCES.get(issue, issue)


def _toxicity(values: Mapping[str, Any], details: Any, turns: Sequence[Turn]) -> Iterator[str]:
    if categories := (details or {}).get("categories"):
        highest = sorted(categories.items(), key=lambda item: -item[1])
        yield ", ".join(f"{category_words(name)} {number(score)}" for name, score in highest[:5])
    for passage in (details or {}).get("passages", ()):
        text = _text(turns, passage)
        if text:
            yield f"Turn {passage['turn'] + 1}, {number(passage['score'])}: {_excerpt(text, passage)}"


def _personal_data(values: Mapping[str, Any], details: Any, turns: Sequence[Turn]) -> Iterator[str]:
    for kind, count in Counter(span["kind"] for span in details or ()).items():
        yield f"{KIND_LABELS.get(kind, kind)}{f', {count} times' if count > 1 else ''}"


def _contamination(values: Mapping[str, Any], details: Any, turns: Sequence[Turn]) -> Iterator[str]:
    for found in details or ():
        how = HOW_FOUND.get(found["how"], found["how"])
        yield f"{found['set']}, item {found['item']}: {found['overlap'] * 100:.0f} %, {how}"


def _judge(values: Mapping[str, Any], details: Any, turns: Sequence[Turn]) -> Iterator[str]:
    if reason := (details or {}).get("reason"):
        yield f"“{reason}”"
    if cut := (details or {}).get("cut"):
        yield f"{cut:,} characters in the middle were left out of what it read."


def _text(turns: Sequence[Turn], passage: Mapping[str, Any]) -> str:
    turn = turns[passage["turn"]] if passage["turn"] < len(turns) else None
    return str(getattr(turn, passage["field"], ""))


def _excerpt(text: str, passage: Mapping[str, Any]) -> str:
    """Quote a passage from before its first term on, on one line."""
    terms = [term for term in passage.get("terms", ()) if term[0] < len(text)]
    start = max(passage["start"], min(term[0] for term in terms) - AROUND) if terms else passage["start"]
    end = min(passage["end"], start + LONGEST)
    words = " ".join(text[start:end].split())
    return f"“{'…' if start > 0 else ''}{words}{'…' if end < len(text) else ''}”"


_EXPLAIN: dict[str, Callable[[Mapping[str, Any], Any, Sequence[Turn]], Iterator[str]]] = {
    "format": _format,
    "toxicity": _toxicity,
    "personal-data": _personal_data,
    "contamination": _contamination,
    "judge": _judge,
}
