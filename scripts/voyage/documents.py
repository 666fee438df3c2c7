"""Transport documents from files, as they are sent to the service on the day of their issue."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from math import ceil, floor
from pathlib import Path
from typing import Any

from ebl_service.domain.transport_document.commitment import TransportDocument
from ebl_service.domain.transport_document.reading import as_day
from ebl_service.domain.transport_document.written_dates import rewritten, written_dates
from voyage.cast import ROOT

MEASURES = {"cargoGrossWeight", "cargoNetWeight", "cargoGrossVolume", "cargoNetVolume"}
REFERENCES = ("Reference", "Number")
"""How fields end that hold no date, whatever their value looks like."""


@dataclass(frozen=True)
class Bill:
    """A document from a file. `name`: what it is called on the screen."""

    name: str
    document: TransportDocument

    @property
    def reference(self) -> str:
        """The bill's number."""
        return str(self.document["transportDocumentReference"])

    @property
    def sent(self) -> str:
        """The document as text."""
        return json.dumps(self.document, indent=2, ensure_ascii=False)

    def numbered(self, reference: str) -> "Bill":
        """The same under another number."""
        return replace(self, document={**self.document, "transportDocumentReference": reference})

    def issued_on(self, moment: int) -> "Bill":
        """The same, issued on the day of `moment` (seconds since 1970); every other date is as far from it as it was.

        No bill is ante- or post-dated, and samples have the dates of the day when they were written. Dates in free text
        move too: what is printed agrees with the fields.
        """
        written = self.document.get("issueDate")
        if not isinstance(written, str):
            return self
        later = datetime.fromtimestamp(moment, UTC).date() - date.fromisoformat(written)
        known = {day for value in self.document.values() if (day := as_day(value))}
        return replace(self, document=_moved(self.document, later, known))


def can_be_divided(bill: Bill) -> bool:
    """Whether `divided` can make two of it: it has several containers, or packages enough in its only one."""
    document: Any = bill.document
    packages = [
        item.get("outerPackaging", {}).get("numberOfPackages", 0)
        for goods in document.get("consignmentItems", ())
        for item in goods["cargoItems"]
    ]
    return len(document.get("utilizedTransportEquipments", ())) > 1 or min(packages, default=0) > 1


def divided(bill: Bill) -> tuple[Bill, Bill]:
    """Two bills under numbers of their own: each with some of the containers, or with half of the only one's load."""
    document: Any = bill.document
    equipment = [used["equipment"]["equipmentReference"] for used in document["utilizedTransportEquipments"]]
    if len(equipment) == 1:
        return _half(bill, "A", floor), _half(bill, "B", ceil)
    half = len(equipment) // 2
    return _part(bill, "A", set(equipment[:half])), _part(bill, "B", set(equipment[half:]))


def samples() -> list[Path]:
    """Every sample document."""
    found = sorted((ROOT / "samples").rglob("*.json"))
    return [path for path in found if path.name != "parties.json" and path.parent.name != "insurance"]


def bills(path: Path) -> list[Bill]:
    """Every transport document in a file, which may be one or carry one (a request, an envelope).

    Raises: ValueError where there is none.
    """
    found = list(_documents(json.loads(path.read_bytes())))
    if not found:
        raise ValueError(f"{path} holds no transport document (transportDocumentReference and documentParties)")
    return [Bill(path.stem.rpartition("__")[2], document) for document in found]


def _lettered(bill: Bill, letter: str) -> Any:
    document = json.loads(bill.sent)
    document["transportDocumentReference"] = f"{bill.reference[:18]}-{letter}"
    return document


def _half(bill: Bill, letter: str, rounded: Callable[[float], int]) -> Bill:
    """Half of everything in the container; of an odd number of packages, the smaller or the larger half."""
    document = _lettered(bill, letter)
    for goods in document["consignmentItems"]:
        for item in goods["cargoItems"]:
            packaging = item["outerPackaging"]
            packaging["numberOfPackages"] = rounded(packaging["numberOfPackages"] / 2)
            for measure in MEASURES & item.keys():
                item[measure]["value"] /= 2
    return Bill(f"{bill.name}, part {letter}", document)


def _part(bill: Bill, letter: str, equipment: set[str]) -> Bill:
    document = _lettered(bill, letter)
    used = document["utilizedTransportEquipments"]
    document["utilizedTransportEquipments"] = [
        each for each in used if each["equipment"]["equipmentReference"] in equipment
    ]
    for item in document["consignmentItems"]:
        item["cargoItems"] = [each for each in item["cargoItems"] if each["equipmentReference"] in equipment]
    document["consignmentItems"] = [item for item in document["consignmentItems"] if item["cargoItems"]]
    return Bill(f"{bill.name}, part {letter}", document)


def _moved(content: Any, later: timedelta, known: set[date]) -> Any:
    """JSON content with every date in it moved; `known`: days that decide which of two readings a date has."""
    if isinstance(content, dict):
        return {
            name: value if name.endswith(REFERENCES) and isinstance(value, str) else _moved(value, later, known)
            for name, value in content.items()
        }
    if isinstance(content, list):
        return [_moved(value, later, known) for value in content]
    return _moved_in_text(content, later, known) if isinstance(content, str) else content


def _moved_in_text(text: str, later: timedelta, known: set[date]) -> str:
    for found in reversed(written_dates(text)):
        days = found.days if len(found.days) == 1 else found.days & known
        if len(days) == 1:
            (day,) = days
            moved = rewritten(text[found.start : found.end], day + later)
            text = text[: found.start] + moved + text[found.end :]
    return text


def _documents(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        parties = content.get("documentParties")
        if "transportDocumentReference" in content and isinstance(parties, dict) and "issuingParty" in parties:
            yield content
            return
        for value in content.values():
            yield from _documents(value)
    elif isinstance(content, list):
        for value in content:
            yield from _documents(value)


def main(names: list[str]) -> int:
    """Print a sample, by its name, as it would be issued today; the exit code."""
    found = {path.stem: path for path in samples()}
    if len(names) != 1 or names[0] not in found:
        print("usage: scripts/sample NAME\n" + "\n".join(sorted(found)), file=sys.stderr)
        return 2
    (bill,) = bills(found[names[0]])
    sys.stdout.write(bill.issued_on(int(time.time())).sent)  # to the byte what a service answers with
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
