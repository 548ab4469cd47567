"""Which other servers may be asked is what the environment says."""

import pytest

from config import environ
from config.environ import EnvironmentRefused
from config.remote import endpoints_read


def test_without_a_variable_nobody_is_asked():
    assert endpoints_read({}) == {}


def test_a_server_of_ones_own_has_address_model_and_key():
    found = endpoints_read(
        {
            "GUARD_URL": "http://gpu:8000/v1", "GUARD_MODEL": "llama", "GUARD_API_KEY": "k1",
            "EMBEDDINGS_URL": "http://gpu:8001", "EMBEDDINGS_MODEL": "mini",
            "JUDGE_URL": "http://gpu:8002", "JUDGE_MODEL": "large", "JUDGE_API_KEY": "k4",
        }
    )  # fmt: skip
    assert found == {
        "guard": {"url": "http://gpu:8000/v1", "model": "llama", "key": "k1"},
        "embeddings": {"url": "http://gpu:8001", "model": "mini", "key": ""},
        "judge": {"url": "http://gpu:8002", "model": "large", "key": "k4"},
    }


def test_a_service_needs_its_key_alone():
    assert endpoints_read({"MODERATION_API_KEY": "k2", "PERSPECTIVE_API_KEY": "k3"}) == {
        "openai-moderation": {
            "url": "https://api.openai.com/v1", "model": "omni-moderation-latest", "key": "k2"
        },
        "perspective": {"url": "https://commentanalyzer.googleapis.com", "model": "", "key": "k3"},
    }  # fmt: skip


@pytest.mark.parametrize("name", ["GUARD", "EMBEDDINGS", "JUDGE"])
def test_a_server_without_its_model_is_refused(name: str):
    with pytest.raises(EnvironmentRefused, match=f"{name}_MODEL is missing: {name}_URL needs it"):
        endpoints_read({f"{name}_URL": "http://gpu"})


@pytest.mark.parametrize(
    "address",
    [
        "gpu:8000",
        "ftp://gpu",
        "http:///v1",
        "http://gpu:port",
        "http://gpu:0",
        "//gpu:1",
        "http://gpu/?key=secret",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(address: str):
    with pytest.raises(EnvironmentRefused, match="GUARD_URL is not usable: an address such as") as refused:
        environ.GUARD_URL.read({"GUARD_URL": address})
    assert address not in str(refused.value)


@pytest.mark.parametrize(
    ("setting", "text"),
    [(environ.REMOTE_CONCURRENCY, "0"), (environ.REMOTE_TIMEOUT, "0"), (environ.GUARD_FORMAT, "x")],
)
def test_other_values_are_refused(setting: environ.Setting[object], text: str):
    with pytest.raises(EnvironmentRefused, match=f"{setting.name} is not usable"):
        setting.read({setting.name: text})
