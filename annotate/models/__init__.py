"""What is stored of projects, datasets, imports and examples."""

from annotate.models.examples import Draft, Example, Return, Revision
from annotate.models.imports import Import, LineError
from annotate.models.projects import Dataset, Membership, Project

__all__ = [
    "Dataset",
    "Draft",
    "Example",
    "Import",
    "LineError",
    "Membership",
    "Project",
    "Return",
    "Revision",
]
