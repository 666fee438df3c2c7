"""The house that the voyages sail in."""

from tests.voyage.conftest import company, house

__all__ = ["company", "house"]
