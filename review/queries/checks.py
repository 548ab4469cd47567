"""What the scorers and the limits say of a text that nobody has stored yet."""

from dataclasses import dataclass
from uuid import UUID

from annotate.models import Example, Project
from annotate.records import Conversation
from review.policies import Policy
from review.queries.duplicates import exact_matches, near_matches, prompt_matches, shingles_of
from review.queries.policies import policy_of
from review.queries.scorers import measuring, options_of, resources_of
from review.scorers import SCORERS, Battery, identities
from review.scorers.base import Measured
from review.verdicts import Verdict, verdict

MATCHES = 5
READY = 16  # sets of options whose scorers a process keeps at hand

_ready: dict[tuple[str, ...], Battery] = {}


@dataclass(frozen=True, slots=True)
class Alike:
    """An example that a text resembles, and how much where that is a matter of degree."""

    example: Example
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class TextCheck:
    """A text's measured values, what the project's policy makes of them, and the examples it resembles.

    `values` are the scorers'; `compared` are the numbers that limits read, the comparison with other examples
    among them. `alike` gives by limit the examples that say exactly the same ("exact"), answer the same
    instruction differently ("same-prompt"), or are near duplicates ("near", with their similarity).
    """

    values: Measured
    compared: dict[str, float]
    policy: Policy
    verdict: Verdict
    alike: dict[str, list[Alike]]


def text_check(*, project: Project, conversation: Conversation, example: Example | None = None) -> TextCheck:
    """Measure a text by everything that is quick, and compare it with the project's examples but `example`.

    What waits for a job or another server is not judged. Whatever the text equals counts as there before it.
    """
    _, policy = policy_of(project)
    (values,) = _battery(project, policy).measure([conversation])
    own, hashes = example.pk if example else None, (UUID(values["exact_hash"]), UUID(values["prompt_hash"]))
    same = exact_matches(project, hashes[0], without=own, most=MATCHES)
    twins = prompt_matches(project, *hashes, without=own, most=MATCHES)
    shingles = shingles_of(policy.options)
    near = [] if same else near_matches(project, conversation, shingles=shingles, without=own, most=MATCHES)
    compared = {field: value for field, value in values.items() if isinstance(value, int | float)} | {
        "exact_copy": int(bool(same)),
        "prompt_twins": len(twins),
        "near_similarity": max((match.similarity for match in near), default=0.0),
    }
    judged = Policy(tuple(limit for limit in policy.limits if limit.field in compared), policy.options)
    alike = {
        "exact": [Alike(row) for row in same],
        "same-prompt": [Alike(row) for row in twins],
        "near": [Alike(*match) for match in near],
    }
    return TextCheck(values, compared, judged, verdict(compared, judged), alike)


def scorers_ready(project: Project) -> None:
    """Load what the checks of a project need, so that the first of them need not."""
    _, policy = policy_of(project)
    _battery(project, policy)


def _battery(project: Project, policy: Policy) -> Battery:
    """Return the project's scorers, made ready once in this process for each set of options."""
    options = options_of(project, policy)
    slugs = measuring(options)
    key = tuple(found.digest for slug, found in identities(options).items() if slug in slugs)
    if key not in _ready:
        while len(_ready) >= READY:
            _ready.pop(next(iter(_ready)))
        scorers = [scorer for scorer in SCORERS if scorer.slug in slugs]
        _ready[key] = Battery(options, resources_of(project, options), scorers)
    return _ready[key]
