"""The site with one address more, which fails."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls


@login_not_required
def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret detail")


urlpatterns = [*urls.urlpatterns, path("fail", fail)]
handler500 = urls.handler500
