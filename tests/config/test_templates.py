"""A page that names what it was not given fails in the tests, and shows nothing to people."""

from pathlib import Path

import pytest
from django.template import Context, Engine

from tests import templates
from tests.templates import LoudMissing, MissingVariable


@pytest.fixture
def render(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(templates, "OURS", str(tmp_path))
    monkeypatch.setattr(templates, "COMPONENTS", str(tmp_path / "components"))
    (tmp_path / "components").mkdir()

    def page(text: str, component: str = "", **context: object) -> str:
        (tmp_path / "page.html").write_text(text)
        (tmp_path / "components" / "part.html").write_text(component)
        engine = Engine(dirs=[tmp_path], string_if_invalid=LoudMissing("%s"))
        return engine.get_template("page.html").render(Context(context))

    return page


@pytest.mark.parametrize(
    "text",
    ["{{ nmae }}", "{{ user.nmae|upper }}", "{% include 'components/part.html' with label=nmae only %}"],
)
def test_a_missing_variable_is_loud(render, text: str):
    with pytest.raises(MissingVariable, match=r"\{\{ (user\.)?nmae \}\} in /page\.html"):
        render(text, user={"name": "Ada"})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ nmae|default:'nobody' }}", "nobody"),
        ("{% if nmae %}yes{% else %}no{% endif %}", "no"),
        ("{{ user.name }}", "Ada"),
        ("{{ user.none }}", "None"),
        ("{% include 'components/part.html' %}", "[]"),
    ],
)
def test_what_may_be_missing_is_quiet(render, text: str, shown: str):
    assert render(text, component="[{{ hint }}]", user={"name": "Ada", "none": None}) == shown
