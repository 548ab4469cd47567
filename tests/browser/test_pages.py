"""Every page of annotate in a real browser: clean under the CSP, named, labelled, and no wider than a telephone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from annotate.models import Dataset, Example, Import, Project
from annotate.services.examples import draft_start, example_submit
from jobs.models import Job
from tests.cast import Cast, conversation, make_example

PageOf = Callable[..., Page]

# What a checker of accessible pages would find first; each line names one fault.
FAULTS = """() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const named = (ids) => (ids ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  const words = (element) => [
    element.getAttribute("aria-label"), [...(element.labels ?? [])].map((label) => label.textContent).join(" "),
    named(element.getAttribute("aria-labelledby")), element.matches("a, button, summary") ? element.textContent : "",
  ].join(" ").trim();
  if (all("h1").length !== 1) faults.push("not one h1");
  for (const element of all("input:not([type=hidden]), select, textarea, button, a[href], summary")) {
    if (seen(element) && !words(element)) faults.push(`no name: ${element.outerHTML.slice(0, 120)}`);
  }
  const ids = all("[id]").map((element) => element.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`id twice: ${id}`);
  for (const name of ["aria-describedby", "aria-labelledby", "for", "commandfor"]) {
    for (const element of all(`[${name}]`)) {
      const missing = element.getAttribute(name).split(" ").filter((id) => !document.getElementById(id));
      if (missing.length) faults.push(`points nowhere: ${missing}`);
    }
  }
  let level = 0;
  for (const heading of all("h1, h2, h3, h4").filter(seen)) {
    const own = Number(heading.tagName[1]);
    if (level && own > level + 1) faults.push(`heading skips a level: ${heading.textContent}`);
    level = own;
  }
  for (const table of all("table")) if (!table.querySelector("th[scope]")) faults.push("table without heads");
  if (all("[tabindex]").some((element) => element.tabIndex > 0)) faults.push("tabindex above 0");
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push(`${wide} px too wide`);
  return faults;
}"""

PAGES = (
    ("manager", "home", ""),
    ("manager", "project_new", ""),
    ("manager", "project", "p"),
    ("annotator", "project", "p"),
    ("manager", "settings", "p"),
    ("annotator", "guidelines", "p"),
    ("manager", "people", "p"),
    ("manager", "dataset_new", "p"),
    ("reviewer", "dataset", "d"),
    ("manager", "dataset_settings", "d"),
    ("manager", "import_new", "d"),
    ("manager", "import", "stored"),
    ("reviewer", "import", "done"),
    ("manager", "browse", "p"),
    ("annotator", "desk", "p"),
    ("annotator", "edit", "draft"),
    ("manager", "edit", "long"),
    ("annotator", "example", "edited"),
    ("reviewer", "example", "long"),
    ("annotator", "history", "edited"),
)


@pytest.fixture
def things(
    project: Project, dataset: Dataset, cast: Cast, settings: Any, tmp_path: Path, live_server: Any
) -> dict[str, list[Any]]:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "file").write_text('{"instruction": "Why?", "output": "Because."}\n[1]\n')
    files = [
        Import.objects.create(dataset=dataset, file="file", name=name, sha256="0" * 64, size=50)
        for name in ("stored.jsonl", "a_rather_long_name_without_any_space_in_it_" * 4 + ".jsonl")
    ]
    files[1].line_errors.create(line_number=2, reason="The record is a list.", excerpt="x" * 200)
    job = Job.objects.create(kind="import", subject="x:1", label="Import", state=Job.State.DONE)
    Import.objects.filter(pk=files[1].pk).update(done_at="2026-11-20T10:00Z", errors=1, examples=2, job=job)
    edited = make_example(dataset, author=cast.annotator)
    example_submit(example=edited, conversation=conversation(answer="Steam."), based_on=1, by=cast.manager)
    long: Example = make_example(
        dataset, text=conversation("w" * 400 + " word" * 2_000, "```py\n" + "code " * 200 + "\n```")
    )
    draft = draft_start(dataset=dataset, by=cast.annotator)
    found = {"stored": files[0], "done": files[1], "edited": edited, "long": long, "draft": draft}
    slugs = {"": [], "p": [project.slug], "d": [project.slug, dataset.slug]}
    return slugs | {name: [project.slug, thing.public_id] for name, thing in found.items()}


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_are_clean(page_of: PageOf, things: dict[str, list[Any]], cast: Cast, width: int) -> None:
    faults: dict[str, list[str]] = {}
    roles = {role for role, _, _ in PAGES}
    windows = {role: page_of(cast[role], viewport={"width": width, "height": 800}) for role in roles}
    for role, name, about in PAGES:
        page = windows[role]
        answer = page.goto(reverse(f"annotate:{name}", args=things[about]))
        assert answer is not None and answer.status == 200, name
        assert page.title().endswith(" · Winnow")
        faults |= {f"{name} of {about} as {role}": found} if (found := page.evaluate(FAULTS)) else {}
    assert faults == {}
