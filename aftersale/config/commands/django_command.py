"""`aftersale django COMMAND ...`: Django's own commands, such as migrate and check."""

import os

from django.core.management import execute_from_command_line


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
    execute_from_command_line(["aftersale django", *arguments])
    return 0
