"""``regulars schema``: print the JSON Schema of playbooks."""

from __future__ import annotations

import click

from regulars.printing import print_json

from .opening import installed_plugins


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of playbooks, with the settings of every installed plugin."""
    from regulars.playbook.json_schema import json_schema

    print_json(json_schema(installed_plugins()))
