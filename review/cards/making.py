"""How the examples of a release were chosen, what was found in it all the same, and what its format lost."""

from collections.abc import Iterator

from review.cards.writing import counted, heading, many, table, words
from review.limits import LIMITS, bounds_words
from review.manifests import Decision, Manifest
from review.policies import Policy

SHOWN = 20
# Why the limits kept an example and it was not released.
HELD_BACK = {
    "bad": "labelled bad by a reviewer",
    "disputed": "labelled good by one reviewer and bad by another",
    "undecided": "neither labelled good nor in an accepted dataset",
    "unmeasured": "not measured yet",
    "unselected": "not chosen by the selection",
    "edited": "chosen in another wording",
    "gone": "withdrawn or returned to its author",
}
RULE = (
    "An example is in it if every limit keeps its text, no reviewer's standing label calls it bad, and its dataset was"
    " accepted or a reviewer labelled it good.\n"
)


def chosen(manifest: Manifest) -> str:
    """Return the rule, the limits with what they dropped, what else stayed behind, and who decided."""
    policy = Policy.from_json({"limits": manifest.policy.limits, "options": manifest.policy.options})
    dropped = manifest.counts.dropped
    rows = [
        (words(limit.label), words(bounds_words(limit)), f"{dropped.get(limit.slug, 0):,}")
        for limit in policy.limits
        if limit.drops and limit.bounds()
    ]
    parts = [heading("How it was chosen"), RULE, "\n"]
    version = manifest.policy.version
    parts.append(
        f"The limits are version {version} of the project's policy, and are asked one after the other.\n\n"
    )
    parts.append(table(("Limit", "Keeps", "Dropped"), rows, numbers=[2]))
    if flagged := [words(limit.label) for limit in policy.limits if not limit.drops and limit.bounds()]:
        parts.append(f"\nOnly flagged, and not dropped, was what lies outside: {', '.join(flagged)}.\n")
    parts += [*_held_back(manifest), _selection(manifest), *map(_decision, manifest.decisions)]
    return "".join(parts)


def _held_back(manifest: Manifest) -> Iterator[str]:
    if found := counted(manifest.counts.held_back):
        yield "\n" + table(
            ("Kept by the limits, and not released", "Examples"),
            [(words(HELD_BACK.get(why, why)), f"{count:,}") for why, count in found],
            numbers=[1],
        )


def _selection(manifest: Manifest) -> str:
    one = manifest.selection
    if one is None:
        return ""
    labels = {limit.slug: f"dropped by the limit {limit.label}" for limit in LIMITS}
    missing = [f"{count:,} {(labels | HELD_BACK).get(why, why)}" for why, count in counted(one.missing)]
    lost = f" Of these are missing here: {words('; '.join(missing))}." if missing else ""
    return (
        f"\nIt is of the selection {words(one.name)}: the best {one.chosen:,} of a pool of {one.pool:,} by the scores"
        f" of version {one.classifier} of the quality classifier, spread over {many(one.topics, 'topic')}"
        f" (spread {one.spread:g}, seed {one.seed}; SHA-256 of the ids in the order of choice: `{one.digest}`).{lost}\n"
    )


def _decision(decision: Decision) -> str:
    by = f" by {words(decision.by)}" if decision.by else ""
    note = f": “{words(decision.note)}”" if decision.note else "."
    what = f"The dataset {words(decision.dataset)} was {words(decision.decision)}"
    return f"\n{what}{by} on {words(decision.at[:10])}{note}\n"


def test_items(manifest: Manifest) -> str:
    """Return what the release was compared with, and each test item that it holds although it was."""
    stated = manifest.contamination
    if not stated.sets:
        return heading("Test items in it") + "It was compared with no evaluation set.\n"
    sets = [
        f"{words(one.name)} ({many(one.items, 'item')}, SHA-256 `{words(one.sha256)}`)" for one in stated.sets
    ]
    parts = [heading("Test items in it"), f"It was compared with {', '.join(sets)}.\n"]
    if stated.unchecked:
        parts.append(f"\n{many(stated.unchecked, 'example')} of it could not be compared with all of them.\n")
    if not stated.found:
        return "".join([*parts, "\nNo item was found in it.\n"])
    rows = [
        (f"`{words(one.example)}`", words(one.set), f"{one.item:,}", f"{one.percent} %", words(one.how))
        for one in stated.found[:SHOWN]
    ]
    heads = ("Example", "Evaluation set", "Item", "Found of it", "How")
    more = len(stated.found) - len(rows)
    rest = f"\nAnd {many(more, 'more item')}, all named in the manifest.\n" if more else ""
    return "".join([*parts, "\n", table(heads, rows, numbers=[2, 3]), rest])


def could_not_carry(manifest: Manifest) -> str:
    """Return what the format had no place for; empty where it lost nothing."""
    left, lossy = counted(manifest.counts.left_out), counted(manifest.counts.lossy)
    if not left and not lossy:
        return ""
    rows = [(f"{count:,}", "left out", words(why)) for why, count in left]
    rows += [(f"{count:,}", "in it, but for this", words(why)) for why, count in lossy]
    return heading("What the format could not carry") + table(
        ("Examples", "They are", "Why"), rows, numbers=[0]
    )
