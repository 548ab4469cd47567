"""The manifest of a release: what was handed over, how it was chosen, and how to check it.

The manifest is written once, beside the files that it describes. The same release always gives the
same bytes: fields stand in the order declared here, the keys of counts are sorted, and no value is
taken from the clock.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from review.proofs import SampleProof
from review.stated import AppliedJudge, AppliedSelection, Contamination, Order

MANIFEST_NAME = "manifest.json"
MANIFEST_VERSION = 1  # raised when a reader of older manifests would misunderstand a newer one
LIMIT_KEYS = ("slug", "field", "minimum", "maximum", "action", "unknown")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """One file of a release; `path` is relative to the manifest, `sha256` hexadecimal."""

    path: str
    sha256: str
    examples: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many examples were released, from where, and what became of the others.

    `dropped` counts by the limit that dropped them, `held_back` those that the limits keep or have not
    judged: "bad", "disputed", "undecided" (neither labelled good nor in an accepted dataset) and
    "unmeasured"; in a release of a selection also what is approved and was not chosen ("unselected"), or
    was chosen in another wording ("edited"). `left_out` counts by reason those that the format has no
    place for, and `lossy` what it could not carry of those that it has; one example can stand there under
    several sentences. `by_language` (ISO 639) counts what was chosen, before the format left anything out.
    """

    examples: int
    by_dataset: Mapping[str, int]
    by_source: Mapping[str, int]
    dropped: Mapping[str, int]
    held_back: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    lossy: Mapping[str, int] = field(default_factory=dict)
    by_language: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the examples of one dataset come from, and under which licence."""

    dataset: str
    name: str
    source: str
    licence: str
    origin: str


@dataclass(frozen=True, slots=True)
class AppliedPolicy:
    """The version of the project's policy that held, its limits and options as `Policy.to_json` gives them."""

    version: int
    limits: list[dict[str, Any]]
    options: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a manager decided about a dataset (accepted, held, rejected); `by` is a pseudonym."""

    dataset: str
    decision: str
    by: str
    at: str  # ISO 8601, UTC
    note: str = ""


@dataclass(frozen=True, slots=True)
class AppliedClassifier:
    """The version of the quality classifier that was active, and how it did on labels it was not fitted to.

    `decides` says whether a limit on its scores held, and `minimum` the least score that it kept. `auc` is the area
    under the ROC curve with its 95 % interval, `length_auc` that of the answer's length alone; like `brier` and `ece`
    (the calibration error) they are of `sampled` labels of random samples, of which `base_rate` are bad.
    `labels_digest` (SHA-256) is of the labels it was fitted to, of which `imported` came with the data.
    """

    version: int
    digest: str
    labels: int
    labels_digest: str
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    length_auc: float | None
    decides: bool
    minimum: float | None = None
    sampled: int = 0
    base_rate: float | None = None
    brier: float | None = None
    ece: float | None = None
    imported: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a release states about itself."""

    winnow: str
    release: str
    project: str
    format: str
    created_at: str  # ISO 8601, UTC: when the release was asked for
    counts: Counts
    datasets: tuple[Provenance, ...]
    policy: AppliedPolicy
    samples: tuple[SampleProof, ...]
    decisions: tuple[Decision, ...]
    contamination: Contamination
    classifier: AppliedClassifier | None
    selection: AppliedSelection | None
    order: Order
    files: tuple[ReleasedFile, ...]
    example_ids_digest: str  # sampling.population_digest of the released public ids
    judges: tuple[AppliedJudge, ...] = ()  # empty where no limit rests on a judge's scores
    manifest: int = field(default=MANIFEST_VERSION, init=False)

    def as_dict(self) -> dict[str, Any]:
        """The manifest as plain values, its own version first."""
        values = asdict(self)
        for name, count in values["counts"].items():
            if isinstance(count, dict):
                values["counts"][name] = dict(sorted(count.items()))
        if chosen := values["selection"]:
            chosen["missing"] = dict(sorted(chosen["missing"].items()))
        return {"manifest": values.pop("manifest"), **values}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Manifest":
        """The manifest that `as_dict` gave, in whatever order its keys were stored."""
        rest = {name: value for name, value in values.items() if name != "manifest"}
        return cls(
            **rest
            | {
                "counts": Counts(**values["counts"]),
                "datasets": tuple(Provenance(**entry) for entry in values["datasets"]),
                "policy": _policy(**values["policy"]),
                "samples": tuple(SampleProof.from_dict(entry) for entry in values["samples"]),
                "decisions": tuple(Decision(**entry) for entry in values["decisions"]),
                "contamination": Contamination.from_dict(values["contamination"]),
                "classifier": AppliedClassifier(**values["classifier"]) if values["classifier"] else None,
                "selection": AppliedSelection(**values["selection"]) if values["selection"] else None,
                "order": Order(**values["order"]),
                "judges": tuple(AppliedJudge(**entry) for entry in values["judges"]),
                "files": tuple(ReleasedFile(**entry) for entry in values["files"]),
            }
        )

    def to_bytes(self) -> bytes:
        """The manifest as UTF-8 JSON, indented, ended by a newline; equal for equal releases."""
        text = json.dumps(self.as_dict(), ensure_ascii=False, allow_nan=False, indent=2)
        return f"{text}\n".encode()


def _policy(version: int, limits: list[dict[str, Any]], options: dict[str, dict[str, Any]]) -> AppliedPolicy:
    return AppliedPolicy(
        version,
        [{name: limit[name] for name in LIMIT_KEYS} for limit in limits],
        {slug: dict(sorted(given.items())) for slug, given in sorted(options.items())},
    )


def released_file(folder: Path, path: str) -> ReleasedFile:
    """Describe a file as it lies in a release's folder: its SHA-256, lines and bytes."""
    sha256, lines, size = _measured(folder / path)
    return ReleasedFile(path, sha256, lines, size)


def verify_manifest(folder: Path) -> list[str]:
    """What differs between a release's folder and its manifest, one sentence each; empty: nothing."""
    try:
        files = json.loads((folder / MANIFEST_NAME).read_bytes())["files"]
        entries = [ReleasedFile(**entry) for entry in files]
    except FileNotFoundError:
        return [f"{MANIFEST_NAME} is missing."]
    except (ValueError, KeyError, TypeError):
        return [f"{MANIFEST_NAME} is not a manifest that can be read."]
    return [problem for entry in entries for problem in _file_problems(folder, entry)]


def _file_problems(folder: Path, entry: ReleasedFile) -> Iterator[str]:
    path = PurePosixPath(entry.path)
    if path.is_absolute() or ".." in path.parts:
        yield f"{entry.path} lies outside the release."
        return
    try:
        sha256, lines, size = _measured(folder / path)
    except OSError:
        yield f"{entry.path} is missing or cannot be read."
        return
    if size != entry.bytes:
        yield f"{entry.path} has {size:,} bytes; the manifest says {entry.bytes:,}."
    if path.suffix == ".jsonl" and lines != entry.examples:
        yield f"{entry.path} has {lines:,} lines; the manifest says {entry.examples:,} examples."
    if sha256 != entry.sha256:
        yield f"{entry.path} is not the file that was released: its SHA-256 is {sha256}."


def _measured(path: Path) -> tuple[str, int, int]:
    digest, lines, size = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            lines += block.count(b"\n")
            size += len(block)
    return digest.hexdigest(), lines, size
