"""What people send, checked before a service sees it."""

from annotate.forms.browse import FilterForm
from annotate.forms.editor import EditorForm
from annotate.forms.imports import StartForm, UploadForm
from annotate.forms.projects import (
    DatasetForm,
    InviteForm,
    NewExampleForm,
    ProjectForm,
    RestoreForm,
    RoleForm,
    SettingsForm,
)

__all__ = [
    "DatasetForm", "EditorForm", "FilterForm", "InviteForm", "NewExampleForm", "ProjectForm", "RestoreForm",
    "RoleForm", "SettingsForm", "StartForm", "UploadForm",
]  # fmt: skip
