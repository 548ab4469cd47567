"""Every address of the site, by app."""

from django.urls import path

from config import health, views

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]

handler500 = views.server_error
