"""Releases: asked for here, frozen and written by a job."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from annotate.formats import FORMATS
from annotate.models import Dataset, Project
from jobs.models import Job
from jobs.services import job_start
from review.models import Release, Selection
from review.queries.classifiers import active_version
from review.queries.outcomes import BAD, DISPUTED
from review.queries.policies import policy_of
from review.queries.releases import RELEASED, UNDECIDED, standings, with_standing
from review.queries.selected import as_selected
from review.queries.verdicts import UNMEASURED
from review.services.policies import policy_version

KIND = "release"


class NothingToRelease(Exception):
    """The release would be empty; the message says why and what to do."""


class NameTaken(Exception):
    """The project has a release of that name; the message names it."""


class FormatUnknown(Exception):
    """No format has that slug; the message lists those there are."""


class DatasetElsewhere(Exception):
    """A dataset belongs to another project."""


class NotInOrder(Exception):
    """The lines cannot stand as asked, or not of what was asked; the message says why."""


@transaction.atomic
def release_create(
    *,
    project: Project,
    format: str,
    by: User | None,
    name: str = "",
    datasets: Iterable[Dataset] | None = None,
    selection: Selection | None = None,
    best_first: bool = False,
) -> Release:
    """Start a release of the approved examples of some datasets, or of all; its job is `release.job`.

    One of a selection takes what that chose and is still approved, of the selection's own datasets. With `best_first`
    the lines stand in the order of the active classifier's scores. Without a name it is called release-1, release-2 and
    so on. Raises NothingToRelease, NameTaken, FormatUnknown, DatasetElsewhere and NotInOrder.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    given = selection.datasets.all() if selection else datasets
    chosen = list(Dataset.objects.filter(project=project) if given is None else given)
    _check(project, format, chosen)
    _check_order(project, chosen, selection, best_first=best_first)
    release = _named(project, format, name.strip(), by)
    release.selection, release.best_first = selection, best_first
    release.datasets.set(chosen)
    policy_version(project=project, by=by)
    release.job = job_start(
        kind=KIND,
        subject=f"release:{release.pk}",
        label=f"Release {release}",
        by=by,
        payload={"project": project.pk, "release": release.pk},
        unit="examples",
    )
    release.save(update_fields=["job", "selection", "best_first"])
    return release


def release_page(job: Job) -> str:
    """Return the address of the release that a job makes."""
    release = Release.objects.select_related("project").get(pk=job.payload["release"])
    return reverse("review:release", args=[release.project.slug, release.public_id])


def _check(project: Project, format: str, datasets: Sequence[Dataset]) -> None:
    slugs = [known.slug for known in FORMATS]
    if format not in slugs:
        raise FormatUnknown(f"There is no format “{format}”; there are {', '.join(slugs)}.")
    if strange := [dataset for dataset in datasets if dataset.project_id != project.pk]:
        raise DatasetElsewhere(f"“{strange[0]}” is no dataset of this project.")
    _, policy = policy_of(project)
    counts = standings(datasets, policy)
    if not counts.get(RELEASED):
        raise NothingToRelease(_why_nothing(counts))


def _check_order(
    project: Project, datasets: Sequence[Dataset], selection: Selection | None, *, best_first: bool
) -> None:
    if best_first and active_version(project) is None:
        raise NotInOrder(
            "No version of the classifier is active, so nothing can stand in the order of scores."
        )
    if selection is None:
        return
    if selection.done_at is None:
        raise NotInOrder(f"The selection “{selection}” is not made yet.")
    approved = with_standing(datasets, policy_of(project)[1]).filter(standing=RELEASED)
    if not approved.filter(as_selected(selection)).exists():
        raise NothingToRelease(f"Nothing that “{selection}” chose is approved as it was chosen.")


def _why_nothing(counts: dict[str, int]) -> str:
    if not counts:
        return "There is nothing in these datasets yet: import a file or write an example first."
    if counts.get(UNDECIDED):
        return (
            "No dataset is accepted yet and nothing is labelled good: accept a dataset, or review its sample."
        )
    if counts.get(UNMEASURED):
        return "Nothing is screened yet: screen the datasets, then review and accept them."
    if counts.get(BAD) or counts.get(DISPUTED):
        return "Everything that the limits keep is labelled bad."
    return "The limits keep nothing of these datasets."


def _named(project: Project, format: str, name: str, by: User | None) -> Release:
    taken = set(Release.objects.filter(project=project).values_list("name", flat=True))
    number = len(taken) + 1
    while not name:
        name, number = f"release-{number}", number + 1
        name = "" if name in taken else name
    if name in taken:
        raise NameTaken(f"There is a release “{name}” already: choose another name.")
    return Release.objects.create(project=project, name=name[:80], format=format, by=by)
