"""Print a one-time sign-in link: the way in for an operator, and for a lost password."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from accounts.models import OneTimeLink, User
from accounts.services import link_create
from annotate.models import Membership, Project


class Command(BaseCommand):
    help = "Print a one-time sign-in link for a person, who is created if new; with a role, in a project too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--project", metavar="SLUG")
        parser.add_argument("--role", choices=Membership.Role.values)
        parser.add_argument("--admin", action="store_true", help="Make the person a site admin.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> str:
        if bool(options["project"]) != bool(options["role"]):
            raise CommandError("--project and --role go together.")
        email = options["email"].strip().lower()
        user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email)
        if not user.is_active:
            raise CommandError(f"{email} is deactivated; a site admin can let them in again.")
        if options["admin"]:
            user.is_staff = user.is_superuser = True
            user.save(update_fields=["is_staff", "is_superuser"])
        if options["project"]:
            project = Project.objects.filter(slug=options["project"]).first()
            if project is None:
                raise CommandError(f"There is no project “{options['project']}”.")
            Membership.objects.update_or_create(
                project=project, user=user, defaults={"role": options["role"]}
            )
        _, token = link_create(user=user, kind=OneTimeLink.Kind.SIGN_IN)
        return f"{settings.SITE_URL}{reverse('accounts:link', args=[token])}"
