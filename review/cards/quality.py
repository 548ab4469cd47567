"""How good a release is: what reviewers found in random samples, and what the quality classifier had to say in it."""

from collections.abc import Iterator

from review.cards.writing import heading, many, table, words
from review.estimates.words import percent, plain_percent
from review.manifests import AppliedClassifier, Manifest
from review.proofs import SampleProof

SAMPLED = (
    "Of every dataset a random sample, frozen before anybody saw it, was read by reviewers. The shares are of what the"
    " limits keep.\n\n"
)
HEADS = (
    "Dataset",
    "Sample of",
    "Reviewed",
    "Bad",
    "Bad share",
    "95 % interval",
    "Surely at most",
    "Decision",
)


def samples(manifest: Manifest) -> str:
    """Return the measured bad share of each sample with its interval, beside what was decided."""
    if not manifest.samples:
        return heading("How good it is") + "No sample was drawn, so how much of it is bad was not measured.\n"
    decisions = {
        one.dataset: f"{one.decision} by {one.by}" if one.by else one.decision for one in manifest.decisions
    }
    rows = [_sample(one, decisions.get(one.dataset, "none")) for one in manifest.samples]
    parts = [heading("How good it is"), SAMPLED, table(HEADS, rows, numbers=[2, 3, 4]), *_notes(manifest)]
    return "".join(parts)


def _sample(one: SampleProof, decision: str) -> tuple[str, ...]:
    found = None not in (one.share, one.low, one.high)
    return (
        words(one.dataset),
        words(one.source_import) or "what people wrote",
        f"{one.reviewed:,} of {one.size:,}",
        f"{one.bad:,}",
        f"{_percent(one.share)} %" if found else "not known",
        f"{_percent(one.low)} to {_percent(one.high)} %" if found else "",
        f"{_percent(one.upper)} %" if one.upper is not None else "",
        words(decision),
    )


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share)


def _notes(manifest: Manifest) -> Iterator[str]:
    if sure := sorted({one.confidence for one in manifest.samples if one.upper is not None}):
        said = " or ".join(f"{plain_percent(confidence)} %" for confidence in sure)
        yield "\nThe interval is Wilson's. “Surely at most” holds of all that the limits keep"
        yield f" with {said} confidence.\n"
    if disputed := sum(one.disputed for one in manifest.samples):
        yield f"\nReviewers differ on {many(disputed, 'sampled example')}, which nobody has settled: none is counted.\n"
    if gone := sum(one.gone for one in manifest.samples):
        yield f"\n{many(gone, 'sampled example')} went before anybody had labelled them: none is counted.\n"


def classifier(manifest: Manifest) -> str:
    """Return which version of the quality classifier was active, how it did, and whether it decided."""
    title, one = heading("The quality classifier"), manifest.classifier
    if one is None:
        return f"{title}No quality classifier was in use.\n"
    brought = f" and {one.imported:,} that came with the data" if one.imported else ""
    people = many(one.labels - one.imported, "label")
    learnt = f"Version {one.version} was in use, fitted to {people} of the project's reviewers{brought}."
    digests = f"Its digest is `{words(one.digest)}`, that of its labels `{words(one.labels_digest)}`.\n"
    return f"{title}{learnt} {_decides(one)}\n\n{_figures(one)}\n{digests}"


def judges(manifest: Manifest) -> str:
    """Return which models judged by which rubrics, where a limit rests on their scores; empty where none does."""
    if not manifest.judges:
        return ""
    rows = [
        (
            words(one.model),
            f"{one.rubric}" if one.rubric else "",
            f"`{words(one.rubric_digest)}`",
            f"{one.examples:,}",
        )
        for one in manifest.judges
    ]
    said = "A limit rests on scores from 1 to 5 that a model gave by a rubric of the project.\n\n"
    return (
        heading("The judge")
        + said
        + table(("Model", "Rubric", "SHA-256 of its text", "Examples"), rows, numbers=[1, 3])
    )


def _decides(one: AppliedClassifier) -> str:
    if not one.decides:
        return "No limit held on its scores, so it kept nothing out."
    if one.minimum is None:
        return "A limit on its scores held."
    return f"What scores less than {one.minimum:g} of 1 was kept out."


def _figures(one: AppliedClassifier) -> str:
    if one.auc is None:
        return "How well it tells good from bad was not measured.\n"
    rows = [("Ranking (ROC-AUC)", f"{one.auc:.2f}", _interval(one)), *_errors(one)]
    count = f"{one.sampled:,} " if one.sampled else ""
    rest = (
        f"\nThese rest on {count}labels of random samples, scored by models that were not fitted to them.\n"
    )
    return table(("Figure", "Value", "Beside it"), rows, numbers=[1]) + rest


def _interval(one: AppliedClassifier) -> str:
    parts = []
    if one.auc_low is not None and one.auc_high is not None:
        parts.append(f"95 % interval {one.auc_low:.2f} to {one.auc_high:.2f}")
    if one.length_auc is not None:
        parts.append(f"the answer's length alone {one.length_auc:.2f}")
    return "; ".join(parts)


def _errors(one: AppliedClassifier) -> Iterator[tuple[str, str, str]]:
    if one.brier is not None:
        rate = one.base_rate
        chance = "" if rate is None else f"always saying the bad share: {rate * (1 - rate):.2f}"
        yield "Error (Brier)", f"{one.brier:.2f}", chance
    if one.ece is not None:
        yield "Calibration error (ECE)", f"{one.ece:.2f}", "0 is perfect"
