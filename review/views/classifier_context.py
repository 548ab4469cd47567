"""What the classifier's page shows, laid out from its versions and its labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annotate.access import Access
from jobs.models import Job
from review.classifier_forms import ClassifierRulesForm, ImportedLabelsForm
from review.models import ClassifierVersion
from review.quality.ladder import (
    Step,
)
from review.queries.classifier_rules import classifier_rules
from review.queries.classifiers import labels_since, versions_of
from review.queries.second_looks import second_looks
from review.services import classifier_scores, classifiers
from review.views.classifier_details import details_context
from review.views.classifier_ladder import imported_context, ladder_context
from review.views.classifier_limits import START, limit_of, limits_context
from review.views.classifier_plots import past_trainings, precision_recall, reliability


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as the page names it."""

    row: ClassifierVersion

    @property
    def step(self) -> str:
        return Step(self.row.step).label

    @property
    def labels(self) -> int:
        return self.row.good + self.row.bad

    @property
    def imported(self) -> str:
        """How many of its labels came with the data, in words; empty where none did."""
        return f", {self.row.imported:,} of them imported" if self.row.imported else ""

    @property
    def found(self) -> dict[str, Any]:
        """The figures as `review.quality.evaluation.Evaluation` names them."""
        evaluation: dict[str, Any] = self.row.evaluation
        return evaluation

    @property
    def area(self) -> str:
        return figure(self.found["auc"])

    @property
    def interval(self) -> str:
        return interval_text(self.found["auc_interval"])

    @property
    def length(self) -> str:
        return figure(self.found["length_auc"])

    @property
    def tiles(self) -> list[dict[str, str]]:
        """The figures with what they are to be compared with; none where nothing was measured."""
        found = self.found
        if not found["count"]:
            return []
        base = found["base_rate"]
        count, of = f"{found['count']:,}", f"of {self.labels:,} that it learnt from{self.imported}"
        said = (
            ("Labels these rest on", count, f"random, {of}"),
            ("Ranking (ROC-AUC)", self.area, f"{self.interval}; length alone {self.length}".strip("; ")),
            ("Precision for bad, average", figure(found["average_precision"]), f"by chance {figure(base)}"),
            ("Error (Brier)", figure(found["brier"]), f"{figure(base * (1 - base))} without a model"),
            ("Calibration error (ECE)", figure(found["ece"]), "0 is perfect"),
        )
        return [{"label": label, "value": value or "–", "note": note} for label, value, note in said]  # noqa: RUF001

    @property
    def usable(self) -> bool:
        return bool(self.found["beats_length"])

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """Label, tone and icon of what is to be known of it at first sight."""
        chips = [("active", "good", "circle-check")] if self.row.is_active else []
        if self.found["auc_interval"] is None:
            chips.append(("not measured", "warn", "triangle-alert"))
        elif not self.usable:
            chips.append(("not better than length", "bad", "triangle-alert"))
        if Step(self.row.step).is_preview:
            chips.append(("preview", "warn", "clock"))
        return chips or [("not active", "", "")]


def classifier_context(
    access: Access,
    version: ClassifierVersion | None = None,
    *,
    refusal: str = "",
    rules_form: ClassifierRulesForm | None = None,
    imported_form: ImportedLabelsForm | None = None,
    limit_error: str = "",
) -> dict[str, Any]:
    """Return everything the page shows: of `version`, else of the active one, else of the newest."""
    versions = list(versions_of(access.project).select_related("by", "activated_by"))
    active = next((each for each in versions if each.is_active), None)
    chosen = version or active or next(iter(versions), None)
    stored, job = classifier_rules(access.project), job_of(access)
    ladder = ladder_context(access, versions, stored)
    return {
        "refusal": refusal,
        "rules": stored,
        "rules_form": rules_form or ClassifierRulesForm.of(stored),
        "job": job,
        "training": bool(job and job.kind == classifiers.KIND and not job.is_over),
        "active": active,
        "versions": [Shown(each) for each in versions],
        "shown": Shown(chosen) if chosen else None,
        "limit_error": limit_error,
        **ladder,
        **imported_context(access, stored, imported_form),
        **(_shown(access, chosen, active, versions) if chosen else {}),
        "since_shown": _since(access, chosen, ladder),
    }


def _shown(
    access: Access,
    chosen: ClassifierVersion,
    active: ClassifierVersion | None,
    versions: Sequence[ClassifierVersion],
) -> dict[str, Any]:
    """Return the plots and details of a version, and the limit where it is the one in use."""
    minimum = limit_of(access)
    plots = (
        reliability(chosen.evaluation),
        precision_recall(chosen.evaluation),
        past_trainings(versions),
    )
    return {
        "figures": [figure for figure in plots if figure],
        "limit": limits_context(access, active) if active == chosen else None,
        "limited": minimum is not None,
        "doubted": second_looks(access.project).count(),
        **details_context(access, chosen, START if minimum is None else minimum),
    }


def _since(access: Access, chosen: ClassifierVersion | None, ladder: dict[str, Any]) -> int:
    """Return how many labels came since the version shown; often that is the newest, whose are counted already."""
    if chosen is None or chosen == ladder["newest"]:
        return int(ladder["since"])
    return labels_since(access.project, chosen.made_at)


def job_of(access: Access) -> Job | None:
    """Return the training or the scoring that is under way, or the last one of either if it failed or was cancelled."""
    asked = (
        (classifiers.KIND, classifiers.subject_of(access.project)),
        (classifier_scores.KIND, classifier_scores.subject_of(access.project)),
    )
    newest = (Job.objects.about(kind, subject).first() for kind, subject in asked)
    return next((job for job in newest if job and job.state != Job.State.DONE), None)


def figure(value: float | None) -> str:
    """Write a figure between 0 and 1 with two decimals; empty where there is none."""
    return "" if value is None else f"{value:.2f}"


def interval_text(interval: dict[str, float] | None) -> str:
    """Write an interval of figures: "0.80 to 0.91"; empty where there is none."""
    return "" if interval is None else f"{figure(interval['low'])} to {figure(interval['high'])}"
