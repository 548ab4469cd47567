"""Whether anything that counts of a dataset rest on has changed: stamps are compared, nobody announces a change."""

import hashlib
import json
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q

from annotate.models import Dataset, Example, Import, Project
from jobs.models import Job, JobPart
from review.models import ClusterMember, DatasetDecision, Label, Ruling, SampleStage, Tally
from review.queries.policies import policy_of
from review.queries.scorers import options_of, scorer_ids

# The jobs that write measurements. Each writes its progress in the transaction of its work.
OF_DATASET = ("screen", "score-remotely")
OF_PROJECT = ("group", "compare-meaning", "score-quality", "judge")

# These follow from what reviewers and managers decide, too.
BY_LABELS = (
    Tally.Kind.STANDINGS, Tally.Kind.TRAINING, Tally.Kind.DAYS, Tally.Kind.ITEMS, Tally.Kind.LABELS,
)  # fmt: skip

# Examples that are not what an import wrote, by the two indexes that hold just these: how many, and a hash over which
# of them are in which state and revision.
TOUCHED = f"""
SELECT count(*), bit_xor(hashint8extended(id, revision * 100 + state)) FROM annotate_example
WHERE dataset_id = %(dataset)s AND (NOT state = {int(Example.State.SUBMITTED)} OR revision > 1)
UNION ALL
SELECT count(*), bit_xor(hashint8extended(id, revision * 100 + state)) FROM annotate_example
WHERE dataset_id = %(dataset)s AND (source_import_id IS NULL OR revision > 1)
"""  # noqa: S608  a number of our own


def stamps_of(dataset: Dataset) -> dict[str, str]:
    """Return by kind of count what changes whenever that could: equal stamps mean equal counts."""
    _, policy = policy_of(dataset.project)
    ground: list[Any] = [
        policy.to_json(),
        scorer_ids(options_of(dataset.project, policy)),
        _rulings(dataset.project),
        _jobs(dataset),
        Import.objects.filter(dataset=dataset).aggregate(Count("done_at"), Max("done_at")),
        _touched(dataset),
    ]
    said = _said(dataset)
    return {kind: _digest([*ground, *said] if kind in BY_LABELS else ground) for kind in Tally.Kind.values}


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def _said(dataset: Dataset) -> list[Any]:
    """Return what changes with every label, decision and draw."""
    return [
        # Of all projects: their newest is the end of an index.
        Label.objects.aggregate(Max("pk")),
        DatasetDecision.objects.filter(dataset=dataset).aggregate(Max("pk")),
        SampleStage.objects.filter(sample__dataset=dataset).aggregate(Max("pk")),
    ]


def _rulings(project: Project) -> list[Any]:
    """Return what changes with every decision by hand on examples or on who is kept of a cluster."""
    rulings = Ruling.objects.filter(project=project).aggregate(Max("pk"), Count("undone_at"))
    # Of all projects: there is an index for that, and one choice more than needed does no harm.
    chosen = ClusterMember.objects.filter(chosen_at__isnull=False).aggregate(Max("chosen_at"))
    return [rulings, chosen]


def _jobs(dataset: Dataset) -> list[Any]:
    """Return the newest job of each kind that writes measurements, and when it wrote last."""
    asked = [(kind, f"dataset:{dataset.pk}") for kind in OF_DATASET]
    asked += [(kind, f"project:{dataset.project_id}") for kind in OF_PROJECT]
    about = reduce(or_, (Q(kind=kind, subject=subject) for kind, subject in asked))
    rows = Job.objects.filter(about).order_by("kind", "-pk").distinct("kind")
    newest = list(rows.values_list("pk", "state", "finished_at"))
    wrote = JobPart.objects.filter(job__in=[pk for pk, *_ in newest]).aggregate(Max("heartbeat_at"))
    return [newest, wrote]


def _touched(dataset: Dataset) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, {"dataset": dataset.pk})
        return list(cursor.fetchall())
