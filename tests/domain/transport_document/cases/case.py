"""What a case of a rule is: a change to a sample that breaks the rule, or keeps it.

A broken case names the path of its breach, and in `also` what the same change inevitably breaks besides.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A change to a sample; `path` is where the rule finds it broken, None where it is kept."""

    rule: str
    words: str
    sample: str
    changes: dict[str, Any]
    path: str | None = None
    also: set[tuple[str, str]] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.rule}: {self.words}".replace("_", " ")


def breaks(rule: str, words: str, sample: str, changes: dict[str, Any], path: str, *also: tuple[str, str]) -> Case:
    """A case in which the rule is broken at `path`."""
    return Case(rule, words, sample, changes, path, set(also))


def keeps(rule: str, words: str, sample: str, changes: dict[str, Any] | None = None, *also: tuple[str, str]) -> Case:
    """A case in which the rule is kept."""
    return Case(rule, words, sample, changes or {}, None, set(also))
