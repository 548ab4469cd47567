"""Files are imported, screened and searched for duplicates; every number of the funnel is counted anew."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotate.models import Dataset, Example, Import, Project
from annotate.services.imports import import_create, import_start
from jobs.models import Job
from review.limits import LIMITS, bounds_words
from review.models import ClusterMember, Measurement
from review.queries.funnels import Funnel, funnel
from tests.cast import Cast, ClientOf
from tests.review import by_hand
from tests.review.by_hand import Place
from tests.review.scene import done, words

pytestmark = pytest.mark.django_db

SAMPLES = os.environ.get("WINNOW_SAMPLES", "")
FIXTURES = Path(__file__).parents[2] / "fixtures"
PLANTED = json.loads((FIXTURES / "demo" / "faults.json").read_text("utf-8"))
# Descriptions; and records over several lines each, which the plain reading here does not part.
NO_DATA = {"faults.json", "project.json", "objects-over-lines.json"}
PUBLIC = (
    "instruct/gpteacher_roleplay.json.gz",
    "chat/fastchat_dummy_conversation.json",
    "neardup/minhash_articles_1000.jsonl.gz",
)
STORED = ("tokens", "exact_copy", "prompt_twins", "near_similarity", "format_blocks")
JUDGED = ("toxicity", "personal_data", "contamination")


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def through(project: Project, files: Mapping[str, Sequence[Path]]) -> list[Dataset]:
    """Import files into datasets, and do the jobs that follow by themselves."""
    datasets = [Dataset.objects.create(project=project, name=name, slug=name) for name in files]
    for dataset in datasets:
        for path in files[dataset.slug]:
            with path.open("rb") as file:
                source = import_create(dataset=dataset, file=file, name=path.name, by=None)
            done(import_start(source_import=source, by=None))
    for kind in ("screen", "group"):
        while job := Job.objects.active().filter(kind=kind).first():
            done(job)
    return datasets


def checked(datasets: Sequence[Dataset], talks: Mapping[Place, by_hand.Talk]) -> list[Funnel]:
    """Compare everything that is stored with what is found in the files; return the funnels."""
    order = {pk: at for at, pk in enumerate(Import.objects.order_by("pk").values_list("pk", flat=True))}
    rows = Example.objects.values_list("pk", "dataset", "source_import", "line_number")
    places = {pk: (order[source], line or 0) for pk, _, source, line in rows if source}
    assert set(places.values()) == talks.keys()
    wanted = by_hand.found(talks)
    stored = {row["example"]: row for row in Measurement.objects.values("example", *STORED, *JUDGED)}
    for pk, row in stored.items():
        _compare(row, wanted.values[places[pk]])
    assert clusters(places) == {frozenset(members) for members in wanted.near}
    toxic = next(limit.maximum for limit in LIMITS if limit.slug == "toxicity")
    values: dict[int, list[dict[str, Any]]] = {dataset.pk: [] for dataset in datasets}
    for pk, dataset, *_ in rows:
        judged = {name: stored[pk][name] for name in JUDGED}
        values[dataset].append(wanted.values[places[pk]] | judged | {"toxicity_limit": toxic})
    return [_funnel(dataset, values[dataset.pk]) for dataset in datasets]


def _compare(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    exactly = ("tokens", "exact_copy", "prompt_twins")
    assert {name: row[name] for name in exactly} == {name: wanted[name] for name in exactly}, row
    assert bool(row["format_blocks"]) == wanted["blocked"], row
    # Shingles are told apart by 32 bits, so that an overlap may differ by a chance collision.
    assert row["near_similarity"] == pytest.approx(wanted["near_similarity"], abs=0.002), row


def _funnel(dataset: Dataset, values: Sequence[Mapping[str, Any]]) -> Funnel:
    found = funnel(dataset)
    steps = [(step.slug, step.dropped_here, step.outside, step.kept_after) for step in found.steps]
    assert (steps, found.kept) == by_hand.funnel(values), dataset
    assert (found.total, found.unmeasured, found.stale) == (len(values), 0, 0)
    return found


def clusters(places: dict[int, Place]) -> set[frozenset[Place]]:
    members: dict[int, set[Place]] = {}
    for cluster, example in ClusterMember.objects.filter(kind="near").values_list("cluster", "example"):
        members.setdefault(cluster, set()).add(places[example])
    return {frozenset(found) for found in members.values()}


def shows(client: Client, dataset: Dataset, found: Funnel) -> None:
    """Compare the funnel with what stands on the dataset's page."""
    page = words(client.get(reverse("review:dataset", args=[dataset.project.slug, dataset.slug])))
    missing = [said for said in _in_words(found) if said not in page]
    assert not missing, page


def _in_words(found: Funnel) -> Iterator[str]:
    limits = {limit.slug: limit for limit in LIMITS}
    for step in found.steps:
        asked = bounds_words(limits[step.slug])
        in_all = f" {step.outside:,} in all" if step.outside not in (0, step.dropped_here) else ""
        if step.action == "drop":
            yield f"{step.label} {asked} {step.dropped_here:,}{in_all} {step.kept_after:,}"
        else:
            yield f"{step.label} asked for: {asked} {step.outside:,}"


def test_the_funnels_of_the_fixtures(project: Project, cast: Cast, client_of: ClientOf) -> None:
    demo = sorted(path for path in (FIXTURES / "demo").iterdir() if path.name not in NO_DATA)
    samples = sorted(path for path in (FIXTURES / "samples" / "good").iterdir() if path.name not in NO_DATA)
    datasets = through(project, {"samples": samples} | {path.stem: [path] for path in demo})
    kinds = {(fault["file"], fault["line"]): PLANTED["kinds"][fault["kind"]] for fault in PLANTED["faults"]}
    talks = {
        (at, line): by_hand.talk(record)
        for at, path in enumerate([*samples, *demo])
        for line, record in by_hand.records(path).items()
        if kinds.get((path.name, line), {}).get("found_by") != "import"
    }
    for dataset, found in zip(datasets, checked(datasets, talks), strict=True):
        shows(client_of("manager"), dataset, found)


@pytest.mark.skipif(not SAMPLES, reason="WINNOW_SAMPLES names no folder of public data")
def test_the_funnels_of_public_data(project: Project, cast: Cast, client_of: ClientOf) -> None:
    paths = [Path(SAMPLES) / name for name in PUBLIC]
    datasets = through(project, {path.name.partition(".")[0]: [path] for path in paths})
    talks = {
        (at, line): by_hand.talk(record)
        for at, path in enumerate(paths)
        for line, record in by_hand.records(path).items()
    }
    funnels = checked(datasets, talks)
    # Counted once, and shall not move unseen.
    assert [(found.total, found.kept) for found in funnels] == [(1_923, 1_923), (500, 5), (1_000, 990)]
    for dataset, found in zip(datasets, funnels, strict=True):
        shows(client_of("manager"), dataset, found)
