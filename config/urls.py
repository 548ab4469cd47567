"""Every address of the site, by app."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from config import api, health, views

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("jobs/", include("jobs.urls")),
    path("api/v1/", include((api.urlpatterns, "api"))),
    re_path("^api/", api.Nothing.as_view()),
    path("", include("annotate.urls")),
    path("", include("review.urls")),
]

if settings.DEBUG:
    from config import styleguide

    urlpatterns += [path("styleguide/", styleguide.styleguide, name="styleguide")]

handler500 = views.server_error
