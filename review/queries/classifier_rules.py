"""When a project trains, how it picks, and whether it learns from imported labels."""

from annotate.models import Project
from review.models import ClassifierRules


def classifier_rules(project: Project) -> ClassifierRules:
    """Return when a project trains and how it picks; the defaults where nothing was set."""
    return ClassifierRules.objects.filter(project=project).first() or ClassifierRules(project=project)
