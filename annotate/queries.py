"""Questions about examples: the browse table, a person's own work, an example's history."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    Func,
    OuterRef,
    Prefetch,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import F
from django.db.models.functions import Coalesce

from annotate.access import Access
from annotate.diff import TurnDiff, diff_conversations
from annotate.models import Dataset, Draft, Example, Import, Membership, Project, Return
from annotate.records import Conversation

PAGE_SIZES = (25, 50, 100, 200)


class TurnsContain(Func):
    """Whether any turn's text contains a string, without regard to case."""

    template = (
        "EXISTS (SELECT FROM jsonb_array_elements(%(expressions)s)"  # a set-returning call takes the column only
        " turn WHERE turn->>'content' ILIKE %%s OR turn->>'input' ILIKE %%s)"
    )
    output_field = BooleanField()

    def __init__(self, text: str) -> None:
        super().__init__(F("turns"))
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        self.pattern = f"%{escaped}%"

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sql, params = super().as_sql(compiler, connection, **context)
        return sql, [*params, self.pattern, self.pattern]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a browse page is narrowed to; everything in it comes from the URL."""

    text: str = ""
    dataset: Dataset | None = None
    source: str = ""
    state: int | None = None
    edited: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows in id order, with the ids to go on from; None where there is nothing more."""

    rows: list[Example]
    previous: int | None
    next: int | None


def browse(project: Project, filters: Filters) -> Any:
    """Return the project's visible examples that fit the filters; drafts are their authors' own."""
    found = Example.objects.in_project(project).visible().exclude(state=Example.State.DRAFT)
    if filters.dataset:
        found = found.filter(dataset=filters.dataset)
    if filters.source:
        found = found.filter(
            dataset__in=Dataset.objects.filter(project=project, source=filters.source).values("pk")
        )
    if filters.state is not None:
        found = found.filter(state=filters.state)
    if filters.edited is not None:
        found = found.filter(revision__gt=1) if filters.edited else found.filter(revision=1)
    if filters.text:
        found = found.filter(TurnsContain(filters.text))
    return found


def keyset_page(found: Any, *, size: int, after: int | None = None, before: int | None = None) -> Page:
    """Cut one page out of a set by primary key, forwards from `after` or backwards from `before`.

    The cost depends on the page, not on how deep it lies.
    """
    found = found.select_related("dataset__project", "author")
    if before is not None:
        rows = list(found.filter(pk__lt=before).order_by("-pk")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return Page(rows, rows[0].pk if more else None, rows[-1].pk if rows else None)
    rows = list(found.filter(pk__gt=after or 0).order_by("pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return Page(rows, rows[0].pk if rows and after else None, rows[-1].pk if more else None)


def drafts_of(access: Access) -> list[Draft]:
    """Return what the person has begun in the project and not submitted, newest first."""
    mine = Draft.objects.filter(user=access.user, example__dataset__project=access.project)
    return list(mine.select_related("example__dataset").order_by("-saved_at")[:50])


def draft_of(example: Example, user: Any) -> Draft | None:
    """Return what the person has typed for the example and not submitted, or None."""
    return Draft.objects.filter(example=example, user=user).first()


def written_by(access: Access) -> Any:
    """Return what the person wrote in the project, newest first."""
    mine = (
        Example.objects.in_project(access.project).written_by(access.user).exclude(state=Example.State.DRAFT)
    )
    return mine.select_related("dataset__project").order_by("-edited_at", "-pk")


def returned_to(access: Access) -> Any:
    """Return what came back to the person to mend, the longest waiting first, each with its `notes`."""
    return _with_notes(written_by(access).filter(state=Example.State.RETURNED)).order_by("edited_at", "pk")


def removed_of(access: Access) -> Any:
    """Return what of the person's a reviewer took out and is out still, newest first, each with its `notes`."""
    of_this = Return.objects.filter(example=OuterRef("pk"), revision=OuterRef("revision"), removed=True)
    withdrawn = written_by(access).filter(state=Example.State.WITHDRAWN)
    return _with_notes(withdrawn.filter(Exists(of_this)))


def _with_notes(found: Any) -> Any:
    return found.prefetch_related(
        Prefetch("returns", queryset=Return.objects.select_related("by"), to_attr="notes")
    )


def note_of(example: Example) -> Return | None:
    """Return the newest note that came with an example when it was handed back or removed, or None."""
    return example.returns.select_related("by").first()


@dataclass(frozen=True, slots=True)
class Change:
    """One revision of an example and what it changed; `diff` is empty for the first."""

    number: int
    by: Any
    at: Any
    conversation: Conversation
    diff: tuple[TurnDiff, ...]
    is_current: bool


def history(example: Example) -> list[Change]:
    """Return an example's revisions, newest first, each with its difference from the one before."""
    versions = [
        (example.revision, example.edited_by, example.edited_at, example.conversation),
        *(
            (old.number, old.edited_by, old.edited_at, old.conversation)
            for old in example.revisions.select_related("edited_by")
        ),
    ]
    return list(_changes(versions))


def _changes(versions: list[tuple[int, Any, Any, Conversation]]) -> Iterator[Change]:
    for index, (number, by, at, conversation) in enumerate(versions):
        older = versions[index + 1][3] if index + 1 < len(versions) else None
        diff = tuple(diff_conversations(older, conversation)) if older else ()
        yield Change(number, by, at, conversation, diff, is_current=index == 0)


def text_at(example: Example, number: int) -> Conversation:
    """Return an example's text at a revision; the current text where there is no such revision."""
    if number == example.revision:
        return example.conversation
    earlier = example.revisions.filter(number=number).first()
    return earlier.conversation if earlier else example.conversation


def next_to_write(access: Access, *, after: Example) -> Example | None:
    """Return what the person should go on with: first what was returned to them, then what they have begun."""
    returned = (
        Example.objects.in_project(access.project)
        .written_by(access.user)
        .filter(state=Example.State.RETURNED)
    )
    if found := returned.exclude(pk=after.pk).order_by("edited_at").first():
        return found
    begun = [draft.example for draft in drafts_of(access) if draft.example_id != after.pk]
    return begun[0] if begun else None


def datasets_of(project: Project) -> list[Dataset]:
    """Return the project's datasets with `example_count`, what counts as part of each, and `imported_at`."""
    mine = Example.objects.submitted().filter(dataset=OuterRef("pk")).order_by().values("dataset")
    count = Coalesce(Subquery(mine.annotate(count=Count("pk")).values("count")), 0)
    last = (
        Import.objects.filter(dataset=OuterRef("pk"), done_at__isnull=False)
        .order_by("-done_at")
        .values("done_at")
    )
    return list(
        Dataset.objects.filter(project=project)
        .select_related("project")
        .annotate(example_count=count, imported_at=Subquery(last[:1]))
        .order_by("name")
    )


def projects_of(user: Any) -> list[Project]:
    """Return the person's projects with `role`, what they are in each."""
    mine = Membership.objects.filter(project=OuterRef("pk"), user=user).values("role")[:1]
    role = Coalesce(Subquery(mine), Value(str(Membership.Role.MANAGER)))
    return list(Project.objects.of(user).annotate(role=role).order_by("name"))


def members_of(project: Project) -> Any:
    """Return the project's memberships, managers first, then by name."""
    order = Case(
        *(When(role=role, then=place) for place, role in enumerate(Membership.Role.values)),
        default=9,
    )
    return project.memberships.select_related("user").order_by(order, "user__display_name", "user__email")


def imports_of(dataset: Dataset) -> Any:
    """Return the dataset's imports with their jobs, newest first."""
    return dataset.imports.select_related("dataset__project", "job", "by").order_by("-pk")


def same_file(source_import: Import) -> Import | None:
    """Return the last finished import of the very same file into this project, or None."""
    others = Import.objects.filter(
        dataset__project=source_import.dataset.project, sha256=source_import.sha256
    )
    done = others.filter(done_at__isnull=False).exclude(pk=source_import.pk)
    return done.select_related("dataset__project").order_by("-done_at").first()


def records_per_second(source_import: Import) -> float | None:
    """Return how fast a finished import was read, or None."""
    job = source_import.job
    if job is None or job.started_at is None or job.finished_at is None:
        return None
    seconds = (job.finished_at - job.started_at).total_seconds()
    return (source_import.examples + source_import.errors) / seconds if seconds else None


def count_up_to(found: Any, most: int) -> int:
    """Count rows, but look at no more than `most` + 1 of them."""
    return int(found.order_by()[: most + 1].count())
