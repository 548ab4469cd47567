#!/usr/bin/env python
"""Winnow's commands: `manage.py help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line

from config.environ import EnvironmentRefused


def main() -> None:
    """Run the command that was asked for; say in one line why it cannot start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except EnvironmentRefused as error:
        sys.exit(f"winnow: {error}")


if __name__ == "__main__":
    main()
