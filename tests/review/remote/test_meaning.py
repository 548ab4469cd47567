"""What is similar in meaning: vectors are made once, compared, and what is alike becomes a cluster."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.models import QuerySet

from annotate.models import Dataset, Example
from annotate.services.examples import example_submit
from jobs.models import Job
from jobs.work import job_work, part_claim, part_run
from review.models import DuplicateCluster, Measurement, Sample
from review.policies import DEFAULT_POLICY, Policy
from review.queries import vectors
from review.queries.pending import is_pending
from review.queries.vectors import Space, similar_to, space_of, vectors_exist
from review.remote.errors import EndpointRefused
from review.services import embedding, meaning
from review.services.clusters import keeper_choose
from review.services.embedding import embedding_start
from review.services.meaning import meaning_start, meanings_catch_up
from review.services.policies import policy_save
from review.services.policy_changes import policy_change
from review.services.vectors import Embedded, vectors_prepare, vectors_write
from tests.cast import Cast, ClientOf, conversation
from tests.review.remote.conftest import Serve
from tests.review.remote.server import Asked, Reply, Server
from tests.review.scene import imported, measure, screened, words

pytestmark = pytest.mark.django_db
DIMENSIONS = 8
KINDS = ("embed", "compare-meaning")


def direction(text: str) -> list[float]:
    """Return an axis by the word `axisN` in a text, turned by the `turnN` degrees that it names as well."""
    words = {word[:4]: int(word[4:].strip(".?")) for word in text.split() if word[:4] in ("axis", "turn")}
    axis, turn = words.get("axis", 0), math.radians(words.get("turn", 0))
    vector = [0.0] * DIMENSIONS
    vector[axis], vector[axis + 1] = math.cos(turn), math.sin(turn)
    return vector


@pytest.fixture
def server(serve: Serve, settings: Any) -> Server:
    """A server of embeddings that the operator has set up; it refuses a text that says so."""

    def answer(asked: Asked) -> Reply:
        if any("refused" in text for text in asked.body["input"]):
            return Reply(status=400)
        rows = [{"index": n, "embedding": direction(text)} for n, text in enumerate(asked.body["input"])]
        return Reply({"data": rows})

    served = serve(answer)
    settings.REMOTE_ENDPOINTS = {"embeddings": {"url": served.url, "model": "it's 100% mini", "key": ""}}
    return served


def limited(dataset: Dataset, maximum: float | None = 0.9) -> None:
    limits = [
        replace(limit, maximum=maximum) if limit.slug == "semantic" else limit
        for limit in DEFAULT_POLICY.limits
    ]
    policy_save(project=dataset.project, policy=Policy(tuple(limits)), by=None)


def texts(dataset: Dataset, *answers: str) -> None:
    for answer in answers:
        imported(dataset, 1, text=conversation("Why?", answer))


def ready() -> None:
    """Measure what is not measured, without a job."""
    measure(Example.objects.filter(measurement=None).select_related("dataset__project"))


def compared(dataset: Dataset) -> None:
    """Make and compare the vectors until nothing is left."""
    embedding_start(dataset=dataset, by=None)
    while job := Job.objects.active().filter(kind__in=KINDS).first():
        job_work(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.error


def values() -> list[float | None]:
    return [
        None if value is None else round(value, 2)
        for value in Measurement.objects.order_by("pk").values_list("semantic_similarity", flat=True)
    ]


def clusters() -> QuerySet[DuplicateCluster]:
    return DuplicateCluster.objects.filter(kind="semantic")


def cos(degrees: float) -> float:
    return round(math.cos(math.radians(degrees)), 2)


def test_nothing_is_sent_unless_the_policy_asks_for_it(dataset: Dataset, server: Server):
    texts(dataset, "axis0")
    ready()
    assert embedding_start(dataset=dataset, by=None) is None
    assert (server.asked, vectors_exist()) == ([], False)
    assert similar_to(Example.objects.get()) == []


def test_what_is_alike_becomes_a_cluster(dataset: Dataset, server: Server):
    limited(dataset)
    texts(dataset, "axis0", "axis0 turn10 and longer", "axis3", "axis0 turn80", "axis0 turn20")
    ready()
    assert is_pending(dataset)
    compared(dataset)
    # The longest is kept; the others of its cluster have their highest similarity to any other.
    assert values() == [cos(10), 0.0, 0.0, 0.0, cos(10)]
    cluster = clusters().get()
    examples = list(Example.objects.order_by("pk"))
    assert (cluster.kind, cluster.size, cluster.keeper) == ("semantic", 3, examples[1])
    assert not is_pending(dataset)
    assert sum(len(asked.body["input"]) for asked in server.asked) == 5
    before = len(server.asked)
    compared(dataset)
    assert len(server.asked) == before


def test_what_is_new_is_compared_with_what_is_there(dataset: Dataset, server: Server):
    limited(dataset)
    texts(dataset, "axis0 and by far the longest", "axis0 turn20")
    ready()
    compared(dataset)
    texts(dataset, "axis0 turn40", "axis3")
    ready()
    compared(dataset)
    assert values() == [0.0, cos(20), cos(20), 0.0]
    assert clusters().get().size == 3


def test_an_edited_example_leaves_its_cluster(dataset: Dataset, server: Server, cast: Cast):
    limited(dataset)
    texts(dataset, "axis0", "axis0 turn10")
    screened(dataset)
    compared(dataset)
    assert clusters().count() == 1
    example = Example.objects.order_by("pk")[1]
    example_submit(example=example, conversation=conversation("Why?", "axis5"), based_on=1, by=cast.annotator)
    screened(dataset)
    assert values()[1] is None
    compared(dataset)
    assert clusters().count() == 0
    assert values()[1] == 0.0


def test_what_was_alike_with_a_withdrawn_example_is_compared_anew(dataset: Dataset, server: Server):
    limited(dataset)
    texts(dataset, "axis0", "axis0 turn10 and longest", "axis0 turn170")
    ready()
    compared(dataset)
    assert values() == [cos(10), 0.0, 0.0]
    assert meanings_catch_up() == []
    Example.objects.filter(pk=clusters().get().keeper_id).update(state=Example.State.WITHDRAWN)
    (job,) = meanings_catch_up()
    job_work(job.pk)
    assert (values()[0], clusters().count()) == (0.0, 0)
    assert meanings_catch_up() == []


def test_a_limit_that_is_switched_on_or_moved_has_everything_compared(
    dataset: Dataset, server: Server, cast: Cast
):
    texts(dataset, "axis0")
    ready()
    for number, maximum in enumerate((0.9, 0.8)):
        limits = [
            replace(limit, maximum=maximum) if limit.slug == "semantic" else limit
            for limit in DEFAULT_POLICY.limits
        ]
        based_on = number + (number > 0)  # the default becomes version 1
        policy_change(
            project=dataset.project, policy=Policy(tuple(limits)), based_on=based_on, by=cast.manager
        )
        assert Job.objects.active().get(kind__in=KINDS).kind == KINDS[number]
        compared(dataset)


def test_another_limit_compares_anew(dataset: Dataset, server: Server):
    limited(dataset)
    texts(dataset, "axis0", "axis0 turn40")
    ready()
    compared(dataset)
    assert values() == [0.0, 0.0]
    limited(dataset, 0.7)
    compared(dataset)
    assert sorted(value or 0.0 for value in values()) == [0.0, cos(40)]
    limited(dataset, 0.95)
    compared(dataset)
    assert values() == [0.0, 0.0]
    assert clusters().count() == 0


def test_another_model_makes_other_vectors(dataset: Dataset, server: Server, settings: Any):
    limited(dataset)
    texts(dataset, "axis0", "axis0 turn10")
    ready()
    compared(dataset)
    old = settings.REMOTE_ENDPOINTS["embeddings"]["model"]
    settings.REMOTE_ENDPOINTS = {
        "embeddings": {**settings.REMOTE_ENDPOINTS["embeddings"], "model": "other\\mini"}
    }
    compared(dataset)
    assert (space_of(old), space_of("other\\mini")) == (None, Space("other\\mini", DIMENSIONS))
    assert clusters().count() == 1


def test_what_the_model_refuses_is_unknown_and_not_sent_again(dataset: Dataset, server: Server):
    limited(dataset)
    texts(dataset, "axis0", "a refused answer")
    ready()
    compared(dataset)
    assert values() == [0.0, None]
    before = len(server.asked)
    compared(dataset)
    assert (len(server.asked), is_pending(dataset)) == (before, False)


def test_a_sample_waits_for_the_comparison(dataset: Dataset, server: Server):
    limited(dataset)
    imported(dataset, 1)
    ready()
    assert not Sample.objects.exists()
    compared(dataset)
    assert Sample.objects.get().size == 1


def test_a_keeper_chosen_by_hand_changes_the_values_of_meaning(dataset: Dataset, server: Server, cast: Cast):
    limited(dataset)
    texts(dataset, "axis0", "axis0 turn10 longer")
    ready()
    compared(dataset)
    first = Example.objects.order_by("pk")[0]
    keeper_choose(cluster=clusters().get(), example=first, by=cast.manager)
    assert values() == [0.0, cos(10)]
    assert set(Measurement.objects.values_list("near_similarity", flat=True)) == {0.0}


def test_examples_close_to_one_are_told_closest_first(dataset: Dataset, server: Server):
    limited(dataset)
    texts(dataset, "axis0", "axis0 turn60", "axis0 turn30", "axis3")
    ready()
    compared(dataset)
    first, *others = Example.objects.order_by("pk")
    found = similar_to(first, count=2)
    assert [near.example_id for near in found] == [others[1].pk, others[0].pk]
    assert [round(near.similarity, 2) for near in found] == [cos(30), cos(60)]


def broken(job: Job, monkeypatch: pytest.MonkeyPatch, module: Any, place: str) -> None:
    """Work on a job until a place is passed, where its worker is lost."""

    def at(name: str) -> None:
        if name == place:
            monkeypatch.undo()
            raise RuntimeError("the worker is gone")

    monkeypatch.setattr(module, "failpoint", at)
    part = part_claim(job.pk)
    assert part
    part_run(part)


@pytest.mark.parametrize("place", ["embed.before_commit", "embed.after_commit"])
def test_making_vectors_goes_on_after_a_loss(
    dataset: Dataset, server: Server, monkeypatch: pytest.MonkeyPatch, place: str
):
    limited(dataset)
    imported(dataset, 1, text=conversation("Why?", "axis0"))
    ready()
    job = embedding_start(dataset=dataset, by=None)
    assert job
    with monkeypatch.context() as patch:
        broken(job, patch, embedding, place)
    assert len(server.asked) == 1
    compared(dataset)
    assert (len(server.asked), values()) == (1 + ("before" in place), [0.0])


@pytest.mark.parametrize("place", ["meaning.before_commit", "meaning.after_commit"])
def test_comparing_goes_on_after_a_loss(
    dataset: Dataset, server: Server, monkeypatch: pytest.MonkeyPatch, place: str
):
    limited(dataset)
    texts(dataset, "axis0", "axis0 turn10 longer")
    ready()
    job = embedding_start(dataset=dataset, by=None)
    assert job
    job_work(job.pk)
    following = meaning_start(project=dataset.project, by=None)
    assert following
    with monkeypatch.context() as patch:
        broken(following, patch, meaning, place)
    assert clusters().count() == ("after" in place)
    job_work(following.pk)
    assert values() == [cos(10), 0.0]
    assert clusters().count() == 1


def test_a_site_without_embeddings_says_so(dataset: Dataset, settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.REMOTE_ENDPOINTS = {}
    monkeypatch.setattr("review.remote.offline.find_spec", lambda name: None)
    limited(dataset)
    texts(dataset, "axis0")
    job = embedding_start(dataset=dataset, by=None)
    assert job
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, "install winnow[embeddings]" in job.error) == ("failed", True)


def test_a_server_without_pgvector_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("review.services.vectors.vectors_missing", lambda: vectors.MISSING)
    with pytest.raises(EndpointRefused, match="no pgvector"):
        vectors_prepare()
    assert not vectors_exist()


def test_vectors_of_other_dimensions_are_refused(dataset: Dataset):
    vectors_prepare()
    write: Callable[[int, int], None] = lambda pk, size: vectors_write(  # noqa: E731
        project_id=1, model="m", rows=[Embedded(pk, 1, np.ones(size, np.float32))]
    )
    write(1, 3)
    with pytest.raises(EndpointRefused, match="3 dimensions before, now of 4"):
        write(2, 4)
    with pytest.raises(EndpointRefused, match="at most 4000"):
        vectors_write(project_id=1, model="n", rows=[Embedded(3, 1, np.ones(4001, np.float32))])


def test_a_late_vector_of_an_old_text_does_not_replace_the_newer(dataset: Dataset):
    vectors_prepare()
    for revision, axis in ((2, 0), (1, 1)):
        vectors_write(
            project_id=1, model="m", rows=[Embedded(1, revision, np.eye(2, dtype=np.float32)[axis])]
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision, vector::text FROM review_embedding")
        assert cursor.fetchall() == [(2, "[1,0]")]


def test_the_index_is_used(dataset: Dataset):
    vectors_prepare()
    model = "it's 100% \\mini"
    vectors_write(project_id=1, model=model, rows=[Embedded(1, 1, np.ones(2, np.float32))])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        statement = vectors.NEAREST.format(model=vectors.literal(model), dimensions=2)
        params = {"vector": "[1,1]", "project": 1, "but": 0, "count": 5, "submitted": 20}
        cursor.execute(f"EXPLAIN {statement}", params)
        assert Space(model, 2).index in "\n".join(row[0] for row in cursor.fetchall())


def test_looking_by_meaning(dataset: Dataset, server: Server, client_of: ClientOf):
    client = client_of("manager")
    page = words(client.get("/p/kitchen/similar/", {"q": "axis0"}))
    assert "No example of this project has a vector yet." in page
    limited(dataset)
    texts(dataset, "axis0", "axis3", "axis0 turn20")
    ready()
    compared(dataset)
    first, other, near = Example.objects.order_by("pk")
    found = client.get("/p/kitchen/similar/", {"q": "axis0 turn5"}).context["rows"]
    assert [(row.example, round(row.similarity, 2)) for row in found] == [
        (first, cos(5)), (near, cos(15)), (other, 0.0)
    ]  # fmt: skip
    found = client.get("/p/kitchen/similar/", {"to": near.public_id}).context["rows"]
    assert [row.example for row in found] == [first, other]
    assert client.get("/p/kitchen/similar/", {"to": "nobody"}).status_code == 404
    page = words(client.get("/p/kitchen/similar/", {"q": "refused"}))
    assert "To the policy" in page
    assert "/p/kitchen/similar/" in client.get("/p/kitchen/browse/").content.decode()
