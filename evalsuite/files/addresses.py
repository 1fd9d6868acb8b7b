"""Addresses that may stand in a manifest and in a command of a report."""

import re

REPOSITORY = re.compile(r"(?:https|ssh)://[\w.\-]+(?::\d+)?/[\w./~%+\-]+")
"""A repository's address without a user, a password or a query."""
