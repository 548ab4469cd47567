"""Whether a project learns from labels that came with its data, and how many those are."""

from typing import Any

from accounts.models import User
from annotate.models import Example, Project
from review.models import ClassifierRules, ImportedTally
from review.queries.imported_labels import imported_count, imported_stamp
from review.queries.tallies import LARGE
from review.services.classifiers import classifier_rules_save


def imported_labels_save(
    *, project: Project, by: User, key: str, good: str, bad: str, weight: float
) -> ClassifierRules:
    """Say which key of imported records holds a label, "" for none, with its values and what such a label counts.

    They are counted at once, but in a large project within the next minute.
    """
    values: dict[str, Any] = {"imported_good": good, "imported_bad": bad, "imported_weight": weight}
    rules = classifier_rules_save(project=project, by=by, imported_key=key, **values)
    if key and not Example.objects.in_project(project)[LARGE - 1 : LARGE].exists():
        imported_tally_renew(rules=rules)
    return rules


def imported_tally_renew(*, rules: ClassifierRules) -> ImportedTally:
    """Count the imported labels of a project and store that for the pages."""
    # The stamp first: an import that ends while they are counted makes the count stale.
    stamp, found = imported_stamp(rules), imported_count(rules)
    values = {"stamp": stamp, "good": found.good, "bad": found.bad}
    tally, _ = ImportedTally.objects.update_or_create(project=rules.project, defaults=values)
    return tally


def imported_tallies_catch_up() -> list[ImportedTally]:
    """Count the imported labels anew wherever an import ended since, or they are others now. Called every minute."""
    stamps = dict(ImportedTally.objects.values_list("project", "stamp"))
    asking = ClassifierRules.objects.exclude(imported_key="").select_related("project")
    return [
        imported_tally_renew(rules=rules)
        for rules in asking
        if stamps.get(rules.project_id) != imported_stamp(rules)
    ]
