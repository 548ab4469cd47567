"""How fast each scorer goes."""

from collections import Counter, defaultdict

from jobs.kinds import Rate
from jobs.models import Job
from review.scorers import SCORERS


def scorer_rates(job: Job) -> dict[str, Rate]:
    """Return by scorer how many examples a screening measured so far and in how many seconds, over all parts."""
    counts: Counter[str] = Counter()
    seconds: defaultdict[str, float] = defaultdict(float)
    for checkpoint in job.parts.values_list("checkpoint", flat=True):
        counts.update(checkpoint.get("counts", {}))
        for slug, took in checkpoint.get("seconds", {}).items():
            seconds[slug] += took
    return {scorer.slug: Rate(scorer.label, counts[scorer.slug], seconds[scorer.slug]) for scorer in SCORERS}
