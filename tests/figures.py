"""Figures that a test reports: said on the terminal, past what pytest captures, so that a run's log has them."""

from typing import Any


def say(config: Any, text: str) -> None:
    """A line of its own."""
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        config.get_terminal_writer().line(f"\n{text}")
