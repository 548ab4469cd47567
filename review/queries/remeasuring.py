"""How long measuring again takes, by what the last screenings took."""

from collections.abc import Iterable

from annotate.models import Example, Project
from jobs.models import Job

LOOKED_AT = 20


def seconds_again(project: Project, scorers: Iterable[str], examples: int) -> float | None:
    """Return how long one worker needs to measure so many examples by some scorers; None where nothing tells.

    The rate of each scorer is that of the project's newest screening in which it measured anything.
    """
    done = Job.objects.filter(kind="screen", state=Job.State.DONE, payload__project=project.pk).order_by(
        "-pk"
    )
    results = [result.get("scorers", {}) for result in done.values_list("result", flat=True)[:LOOKED_AT]]
    total = 0.0
    for slug in scorers:
        told = next((rates[slug] for rates in results if rates.get(slug, {}).get("measured")), None)
        if told is None:
            return None
        total += examples * told["seconds"] / told["measured"]
    return total


def submitted_in(project: Project) -> int:
    """Count what a project's screenings measure."""
    return Example.objects.submitted().in_project(project).count()
