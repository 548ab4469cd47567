"""Addresses of background work."""

from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("banner/", views.banner, name="banner"),
    path("<uuid:public_id>/progress/", views.progress, name="progress"),
    path("<uuid:public_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:public_id>/pause/", views.pause, name="pause"),
]
