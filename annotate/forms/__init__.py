"""What people send, checked before a service sees it."""

from annotate.forms.browse import FilterForm
from annotate.forms.editor import Sent, read_editor
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
    "DatasetForm", "FilterForm", "InviteForm", "NewExampleForm", "ProjectForm", "RestoreForm",
    "RoleForm", "Sent", "SettingsForm", "StartForm", "UploadForm", "read_editor",
]  # fmt: skip
