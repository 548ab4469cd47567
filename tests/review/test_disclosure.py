"""Who is shown what, and when: the seed of a sample, and what the filters say of what is to be decided."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotate.models import Dataset
from review.models import ReviewRules, Sample
from review.queries.disclosure import seed_is_open
from review.services.claims import claim_next
from review.services.decisions import decision_record
from review.services.labels import label_add
from review.services.samples import sample_extend
from tests.cast import Cast, ClientOf
from tests.review.scene import sampled, words
from tests.review.test_views_access import TABLE, addresses

__all__ = ["addresses"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def content(response: Any) -> str:
    whole = b"".join(response.streaming_content) if response.streaming else response.content
    return bytes(whole).decode(errors="replace")


def test_no_page_and_no_download_shows_a_seed_before_the_dataset_is_decided(
    client_of: ClientOf, addresses: dict[str, str], cast: Cast
) -> None:
    seeds = [bytes(sample.seed).hex() for sample in Sample.objects.all()]
    shown: dict[str, set[str]] = {}
    for person in ("manager", "reviewer", "annotator"):
        client = client_of(person)
        shown[person] = {
            name
            for name, (method, *_) in TABLE.items()
            if method == "get" and any(seed in content(client.get(addresses[name])) for seed in seeds)
        }
    assert shown == {
        "manager": {"review:dataset", "review:sample_report", "review:sample_record"},
        "reviewer": set(),
        "annotator": set(),
    }


def test_a_seed_is_open_once_the_dataset_is_decided_after_the_newest_draw(
    client_of: ClientOf, dataset: Dataset, cast: Cast
) -> None:
    sample = sampled(dataset, 70)
    seed = bytes(sample.seed).hex()
    address = f"/p/kitchen/d/baking/sample/{sample.pk}/"

    def told() -> tuple[bool, Any, bool]:
        client = client_of("reviewer")
        record = json.loads(client.get(f"{address}draws.json").content)
        assert record["seed_digest"] == sample.seed_digest
        assert sample.seed_digest in client.get(address).content.decode()
        return seed_is_open(sample), record["seed"], seed in client.get(address).content.decode()

    assert told() == (False, None, False)
    decision_record(dataset=dataset, verdict="held", by=cast.manager)
    assert told() == (False, None, False)
    decision_record(dataset=dataset, verdict="rejected", by=cast.manager)
    assert told() == (True, seed, True)
    sample_extend(sample=sample, more=1, by=cast.manager)
    assert told() == (False, None, False)
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    assert told() == (True, seed, True)
    later = sampled(dataset, 3)
    assert (seed_is_open(sample), seed_is_open(later)) == (True, False)


def test_what_the_filters_say_is_kept_from_whoever_decides_until_they_have(
    client_of: ClientOf, dataset: Dataset, cast: Cast
) -> None:
    sampled(dataset, 1)
    item = claim_next(project=dataset.project, by=cast.reviewer)
    assert item
    address = f"/p/kitchen/e/{item.example.public_id}/screening/"

    def shown(person: str) -> bool:
        page = words(client_of(person).get(address))
        assert ("Shown once you have decided" in page) != ("Length" in page)
        return "Length" in page

    assert (shown("reviewer"), shown("manager")) == (False, True)
    ReviewRules.objects.update(findings_first=True)
    assert shown("reviewer")
    ReviewRules.objects.update(findings_first=False)
    assert not shown("reviewer")
    label_add(item=item, by=cast.reviewer, revision=1, verdict="good")
    assert shown("reviewer")
