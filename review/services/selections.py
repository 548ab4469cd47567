"""Selections: the best examples with diversity, asked for here, made by a job."""

from collections.abc import Iterable
from itertools import count

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from annotate.models import Dataset, Project
from jobs.models import Job
from jobs.services import job_start
from review.models import ClassifierVersion, Selection
from review.queries.classifiers import active_version
from review.queries.policies import policy_of
from review.queries.selection_pools import approved_of, scored_by
from review.services.policies import policy_version
from review.services.selection_files import folder_gone

KIND = "make-selection"
MOST = 100_000
MOST_TOPICS = 500
MOST_SPREAD = 20.0  # as diverse as can be: quality decides within a topic only
SEEDS = 1 << 32


class NothingToSelect(Exception):
    """Nothing can be chosen from; the message says why and what to do."""


class NameUsed(Exception):
    """The project has a selection of that name; the message names it."""


class StillUsed(Exception):
    """The selection cannot go; the message says what needs it."""


@transaction.atomic
def selection_create(
    *,
    project: Project,
    size: int,
    by: User | None,
    datasets: Iterable[Dataset],
    name: str = "",
    spread: float = 1.0,
    topics: int = 50,
    seed: int = 0,
) -> Selection:
    """Start choosing the best `size` of some datasets by the active classifier; its job is `selection.job`.

    Without a name it is called best-1000, best-1000-2 and so on. Raises NothingToSelect and NameUsed, and ValueError
    for sizes that cannot be or datasets of another project.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    chosen = list(datasets)
    if not (
        1 <= size <= MOST and 1 <= topics <= MOST_TOPICS and 0 <= spread <= MOST_SPREAD and 0 <= seed < SEEDS
    ):
        raise ValueError(f"no selection of {size} over {topics} topics, spread {spread}, seed {seed}")
    if any(dataset.project_id != project.pk for dataset in chosen):
        raise ValueError("a dataset is of another project")
    version = active_version(project)
    if version is None:
        raise NothingToSelect(
            "No version of the classifier is active, so nothing has a score: activate one first."
        )
    _check(chosen, project, version)
    selection = Selection.objects.create(
        project=project, name=_free_name(project, name.strip(), size), size=size, spread=spread, topics=topics,
        seed=seed, classifier=version, policy_version=policy_version(project=project, by=by).version, by=by,
    )  # fmt: skip
    selection.datasets.set(chosen)
    selection.job = job_start(
        kind=KIND,
        subject=f"selection:{selection.pk}",
        label=f"Selection {selection}",
        by=by,
        payload={"project": project.pk, "selection": selection.pk},
        unit="examples",
    )
    selection.save(update_fields=["job"])
    return selection


@transaction.atomic
def selection_delete(*, selection: Selection) -> None:
    """Remove a selection that no release is of and no job works on. Raises StillUsed."""
    held = Selection.objects.select_for_update().get(pk=selection.pk)
    if release := held.releases.first():
        raise StillUsed(f"The release “{release}” is of this selection, so it stays.")
    if held.job and not held.job.is_over:
        raise StillUsed("The selection is being made: cancel that first.")
    held.delete()
    folder_gone(selection)


def selection_page(job: Job) -> str:
    """Return the address of the selection that a job makes."""
    selection = Selection.objects.select_related("project").filter(pk=job.payload["selection"]).first()
    return (
        reverse("review:selection", args=[selection.project.slug, selection.public_id]) if selection else ""
    )


def _check(datasets: list[Dataset], project: Project, version: ClassifierVersion) -> None:
    approved = approved_of(datasets, policy_of(project)[1])
    if scored_by(approved, version).exists():
        return
    if not approved.exists():
        raise NothingToSelect(
            "Nothing of these datasets would be released now: accept one, or label examples good."
        )
    raise NothingToSelect(
        f"Nothing that would be released has a score by version {version.number} yet: let it score first."
    )


def _free_name(project: Project, name: str, size: int) -> str:
    taken = set(Selection.objects.filter(project=project).values_list("name", flat=True))
    if name in taken:
        raise NameUsed(f"There is a selection “{name}” already: choose another name.")
    free = (f"best-{size}{'' if number == 1 else f'-{number}'}" for number in count(1))
    return (name or next(each for each in free if each not in taken))[:80]
