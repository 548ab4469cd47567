"""Addresses about people. Of allauth only what is used: no sign-up, no reset by e-mail."""

from allauth.account import views as allauth_views
from django.urls import include, path

from accounts import views

own = [
    path("link/<str:token>/", views.link, name="link"),
    path("me/", views.me, name="me"),
    path("me/keys/", views.keys, name="keys"),
    path("me/tokens/", views.tokens, name="tokens"),
    path("me/tokens/<int:pk>/revoke/", views.token_end, name="token_revoke"),
]

# allauth looks its addresses up by name without a namespace.
urlpatterns = [
    path("login/", allauth_views.login, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/set/", allauth_views.password_set, name="account_set_password"),
    path("", include((own, "accounts"))),
]
