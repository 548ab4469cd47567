"""Addresses of projects, people, datasets, imports and examples."""

from django.urls import URLPattern, URLResolver, include, path

from annotate.views import browse, history, imports, people, projects, write

app_name = "annotate"

of_import = [
    path("", imports.import_page, name="import"),
    path("start/", imports.start, name="import_start"),
    path("discard/", imports.discard, name="import_discard"),
    path("errors.csv", imports.errors_csv, name="errors_csv"),
    path("errors.jsonl", imports.errors_jsonl, name="errors_jsonl"),
]
of_example = [
    path("", browse.example, name="example"),
    path("edit/", write.edit, name="edit"),
    path("discard/", write.discard, name="draft_discard"),
    path("withdraw/", browse.withdraw, name="withdraw"),
    path("reopen/", browse.reopen, name="reopen"),
    path("history/", history.history, name="history"),
    path("restore/", history.restore, name="restore"),
]
of_project: list[URLPattern | URLResolver] = [
    path("", projects.project, name="project"),
    path("settings/", projects.settings, name="settings"),
    path("guidelines/", projects.guidelines, name="guidelines"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:member>/role/", people.member_role, name="member_role"),
    path("people/<int:member>/remove/", people.member_out, name="member_remove"),
    path("datasets/new/", projects.dataset_new, name="dataset_new"),
    path("d/<slug:dataset>/settings/", projects.dataset_settings, name="dataset_settings"),
    path("d/<slug:dataset>/imports/", projects.dataset, name="dataset"),
    path("d/<slug:dataset>/import/", imports.import_new, name="import_new"),
    path("imports/<uuid:public_id>/", include(of_import)),
    path("browse/", browse.browse, name="browse"),
    path("write/", write.desk, name="desk"),
    path("write/new/", write.write_new, name="write_new"),
    path("e/<uuid:public_id>/", include(of_example)),
]
urlpatterns = [
    path("", projects.home, name="home"),
    path("projects/new/", projects.project_new, name="project_new"),
    path("p/<slug:project>/", include(of_project)),
]
