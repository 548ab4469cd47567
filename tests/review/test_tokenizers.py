"""A project's own tokenizers: added once they load, chosen by a new policy, removed while they do not count."""

import hashlib
import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tokenizers import Tokenizer as Library
from tokenizers import models, pre_tokenizers

from annotate.models import Dataset, Project
from jobs.models import Job
from review.models import Measurement, PolicyVersion, Tokenizer
from review.services import tokenizers as services
from review.services.tokenizers import (
    TokenizerRefused,
    chosen_tokenizer,
    tokenizer_add,
    tokenizer_choose,
    tokenizer_remove,
)
from review.tokenizers import BUILT_IN
from review.views.tokenizers import BUILT_IN_WORDS
from tests.cast import Cast, ClientOf
from tests.review.scene import done, imported

pytestmark = pytest.mark.django_db
PAGE = "/p/kitchen/tokenizers/"


def tokenizer_json(unknown: str = "[UNK]") -> bytes:
    """Every word a token of its own."""
    library = Library(models.WordLevel({unknown: 0}, unk_token=unknown))
    library.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return library.to_str().encode()


def added(project: Project, cast: Cast, content: bytes | None = None, name: str = "Words") -> Tokenizer:
    file = BytesIO(content or tokenizer_json())
    return tokenizer_add(project=project, name=name, file=file, by=cast.manager)


def sent(client: Any, content: bytes, name: str = "") -> Any:
    file = SimpleUploadedFile("tokenizer.json", content)
    return client.post(f"{PAGE}new/", {"file": file, "name": name})


def test_a_tokenizer_is_stored_by_its_sha256(project: Project, cast: Cast) -> None:
    tokenizer = added(project, cast)
    assert tokenizer.sha256 == hashlib.sha256(tokenizer_json()).hexdigest()
    assert (bytes(tokenizer.content), tokenizer.size) == (tokenizer_json(), len(tokenizer_json()))


def test_the_same_file_is_stored_once_in_a_project(project: Project, cast: Cast) -> None:
    added(project, cast)
    with pytest.raises(TokenizerRefused, match="here already, as “Words”: choose that one"):
        added(project, cast, name="Again")
    added(Project.objects.get(slug="elsewhere"), cast)
    assert Tokenizer.objects.count() == 2


@pytest.mark.parametrize("content", [b"{}", b"not JSON", b"\x1f\x8b"])
def test_what_is_no_tokenizer_leaves_nothing(project: Project, cast: Cast, content: bytes) -> None:
    with pytest.raises(
        TokenizerRefused, match=r"no tokenizer\.json .* take the tokenizer\.json of the model"
    ):
        added(project, cast, content)
    assert not Tokenizer.objects.exists()


def test_the_largest_that_is_taken(project: Project, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_BYTES", len(tokenizer_json()))
    added(project, cast)
    with pytest.raises(TokenizerRefused, match="larger than"):
        added(project, cast, tokenizer_json() + b" ")


def test_choosing_is_a_new_policy_that_keeps_everything_else(project: Project, cast: Cast) -> None:
    tokenizer = added(project, cast)
    version = tokenizer_choose(project=project, tokenizer=tokenizer.sha256, by=cast.manager)
    assert version is not None
    assert (version.version, version.by, version.note) == (2, cast.manager, "Tokens are counted by Words.")
    assert version.limits == PolicyVersion.objects.get(version=1).limits | {
        "options": {"length": {"tokenizer": tokenizer.sha256}}
    }
    assert tokenizer_choose(project=project, tokenizer=tokenizer.sha256, by=cast.manager) is None
    tokenizer_choose(project=project, tokenizer="cl100k_base", by=cast.manager)
    assert chosen_tokenizer(project) == "cl100k_base"


def test_everything_is_counted_anew_by_the_chosen_one(project: Project, cast: Cast, dataset: Dataset) -> None:
    imported(dataset, 2)
    tokenizer = added(project, cast)
    tokenizer_choose(project=project, tokenizer=tokenizer.sha256, by=cast.manager)
    done(Job.objects.active().get())
    for measurement in Measurement.objects.select_related("example"):
        assert measurement.tokens == len(measurement.example.conversation.text().split())
        assert sum(measurement.turn_tokens) == measurement.tokens
    assert Measurement.objects.count() == 2


@pytest.mark.parametrize("unknown", ["", "none_base", "0" * 64])
def test_only_what_is_there_can_be_chosen(project: Project, cast: Cast, unknown: str) -> None:
    with pytest.raises(TokenizerRefused, match="not in the project any more"):
        tokenizer_choose(project=project, tokenizer=unknown, by=cast.manager)
    assert not PolicyVersion.objects.exists()


def test_another_projects_tokenizer_cannot_be_chosen(project: Project, cast: Cast) -> None:
    elsewhere = added(Project.objects.get(slug="elsewhere"), cast)
    with pytest.raises(TokenizerRefused):
        tokenizer_choose(project=project, tokenizer=elsewhere.sha256, by=cast.manager)


def test_the_one_that_counts_stays(project: Project, cast: Cast) -> None:
    tokenizer = added(project, cast)
    tokenizer_choose(project=project, tokenizer=tokenizer.sha256, by=cast.manager)
    with pytest.raises(TokenizerRefused, match="counts this project's tokens"):
        tokenizer_remove(tokenizer=tokenizer)
    tokenizer_choose(project=project, tokenizer="o200k_base", by=cast.manager)
    tokenizer_remove(tokenizer=tokenizer)
    assert not Tokenizer.objects.exists()


def test_every_built_in_one_is_explained() -> None:
    assert tuple(BUILT_IN_WORDS) == BUILT_IN


def test_the_page_of_a_project_without_one(client_of: ClientOf) -> None:
    page = client_of("manager").get(PAGE).content.decode()
    assert "No tokenizer of your own yet" in page
    assert re.search(r'value="o200k_base" checked', page)
    assert "Upload" not in client_of("reviewer").get(PAGE).content.decode().split("<aside")[1]


def test_the_way_from_the_file_to_the_count(client_of: ClientOf, project: Project) -> None:
    manager = client_of("manager")
    assert sent(manager, tokenizer_json()).status_code == 302
    tokenizer = Tokenizer.objects.get()
    assert str(tokenizer) == "tokenizer.json"
    assert manager.post(f"{PAGE}use/", {"tokenizer": tokenizer.sha256}).status_code == 302
    assert Job.objects.count() == Dataset.objects.filter(project=project).count()
    page = manager.get(PAGE).content.decode()
    assert f'value="{tokenizer.sha256}" checked' in page and "counts now" in page
    manager.post(f"{PAGE}{tokenizer.pk}/remove/")
    assert Tokenizer.objects.exists()
    manager.post(f"{PAGE}use/", {"tokenizer": "o200k_base"})
    manager.post(f"{PAGE}{tokenizer.pk}/remove/")
    assert not Tokenizer.objects.exists()


def test_a_refusal_says_what_to_mend(client_of: ClientOf) -> None:
    response = sent(client_of("manager"), b"", name="Ours")
    page = response.content.decode()
    assert response.status_code == 422
    assert "The file is no tokenizer.json that can count every text" in page
    assert 'value="Ours"' in page


def test_a_file_over_the_cap_is_not_taken(client_of: ClientOf, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    response = sent(client_of("manager"), tokenizer_json())
    assert response.status_code == 413
    assert "choose the tokenizer.json alone" in response.content.decode()
