"""What the pages of releases show, laid out from the queries and from the manifest."""

from typing import Any

from annotate.access import Access
from annotate.formats import by_slug
from annotate.models import Dataset
from review.cards import CARD_NAME, card_body
from review.cards.making import HELD_BACK
from review.limits import LIMITS
from review.models import Release
from review.policies import Policy
from review.queries.classifiers import active_version
from review.queries.outlook import Outlook, outlook
from review.queries.overlaps import overlapping, overlaps_of, unchecked
from review.queries.policies import policy_of
from review.queries.releases import card_text
from review.queries.selections import finished_selections
from review.release_forms import ReleaseForm
from review.views.reports import TONES, percent

OVERLAPS_SHOWN = 10


def releases_context(access: Access, form: ReleaseForm) -> dict[str, Any]:
    """Return the project's releases and, by dataset, what a release made now would take and leave."""
    _, policy = policy_of(access.project)
    datasets = list(Dataset.objects.filter(project=access.project).select_related("project"))
    rows = outlook(datasets, policy)
    made = (
        Release.objects.filter(project=access.project)
        .select_related("job", "by")
        .prefetch_related("datasets")
    )
    return {
        "releases": made,
        "form": form,
        "rows": [(row, TONES.get(row.decision.verdict, "") if row.decision else "") for row in rows],
        "chosen": _chosen(form, rows),
        "ready": sum(row.released for row in rows),
        "scores": active_version(access.project) is not None,
        "selections": finished_selections(access.project).exists(),
        **_tested_on(access, datasets, policy),
    }


def _tested_on(access: Access, datasets: list[Dataset], policy: Policy) -> dict[str, Any]:
    """Return what of a release made now is in an evaluation set, and how many were not looked at for that."""
    if not access.project.evaluation_sets.filter(removed_at=None).exists():
        return {}
    found = overlapping(datasets, policy)
    shown = [(example, list(overlaps_of(example))) for example in found[:OVERLAPS_SHOWN]]
    more = found.count() - len(shown) if len(shown) == OVERLAPS_SHOWN else 0
    return {
        "overlaps": shown,
        "overlaps_more": more,
        "unchecked": unchecked(access.project, datasets, policy),
    }


def release_context(release: Release) -> dict[str, Any]:
    """Return what a release's page shows; `facts` are those of its manifest, empty until it is done."""
    done, files = release.done_at is not None, list(release.files.order_by("-examples", "path"))
    has_card = any(file.path == CARD_NAME for file in files)
    return {
        "release": release,
        "format": by_slug(release.format).label,
        "files": files,
        "card": card_body(card_text(release)) if has_card else "",
        **(_stated(release.manifest) if done else {}),
    }


def _stated(manifest: dict[str, Any]) -> dict[str, Any]:
    decisions = {decision["dataset"]: decision for decision in manifest["decisions"]}
    return {
        "facts": manifest,
        "left": _left(manifest["counts"]),
        "missing": _missing(manifest.get("selection") or {}),
        "samples": [row | _estimated(row) for row in manifest["samples"]],
        "provenance": [
            row
            | {
                "examples": manifest["counts"]["by_dataset"].get(row["dataset"], 0),
                "source": Dataset.Source(row["source"]).label,
                "decision": decisions.get(row["dataset"]),
            }
            for row in manifest["datasets"]
        ],
    }


def _missing(selection: dict[str, Any]) -> str:
    """Say how many of a selection were not released and why, in a few words."""
    words = {limit.slug: f"dropped by “{limit.label}”" for limit in LIMITS} | HELD_BACK
    words |= {"edited": "edited since", "gone": "withdrawn or returned", "hand": "dropped by hand"}
    missing = selection.get("missing", {})
    return "; ".join(f"{count:,} {words.get(reason, reason)}" for reason, count in missing.items())


def _estimated(row: dict[str, Any]) -> dict[str, str]:
    if row["share"] is None:
        return {"share": "", "interval": "nothing was reviewed"}
    return {
        "share": f"{percent(row['share'])} %",
        "interval": f"{percent(row['low'])} to {percent(row['high'])} %",
    }


def _chosen(form: ReleaseForm, rows: list[Outlook]) -> list[str]:
    if form.is_bound:
        return list(form.data.getlist("datasets")) if hasattr(form.data, "getlist") else []
    return [row.dataset.slug for row in rows if row.released]


def _left(counts: dict[str, Any]) -> list[tuple[int, str]]:
    """Say how many examples stayed behind and why, the limits first in the order of the funnel."""
    dropped = [
        (counts["dropped"].get(limit.slug, 0), f"dropped by the limit “{limit.label}”") for limit in LIMITS
    ]
    held = [(counts["held_back"].get(slug, 0), words) for slug, words in HELD_BACK.items()]
    no_place = [
        (count, f"the format has no place for it: {why}") for why, count in counts["left_out"].items()
    ]
    return [(count, words) for count, words in (*dropped, *held, *no_place) if count]
