"""What a person sees while the voyages go on, and what a program reads: one JSON object a line."""

import json
from datetime import UTC, datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from voyage.cast import Cast, Member
from voyage.voyage import Attempt, Voyage

Json = dict[str, Any]
MOST_CHANGES = 3
"""Of one replacement, shown to people."""
LEGEND = (
    ("✓", "green", "an act is in a block: its verb, block, gas and actor"),
    ("✗", "yellow", "an act that must be refused was refused: by which rule, and by whom"),
    ("←", "blue", "a carrier's system is called back, by DCSA's code"),
    ("≠", "cyan", "what an amendment changed in the document"),
    ("☂", "magenta", "cargo insurance: a certificate, or a gap in cover"),
)
COUNTS = (
    ("titles", "title", "titles"),
    ("acts", "act", "acts"),
    ("called_back", "callback", "callbacks"),
    ("refused_as_expected", "act refused as it must be", "acts refused as they must be"),
    ("mismatches", "mismatch", "mismatches"),
    ("failed", "voyage failed", "voyages failed"),
    ("certificates", "certificate", "certificates"),
    ("discrepancies", "discrepancy", "discrepancies"),
    ("divergences", "divergence", "divergences"),
)
"""What the summary counts, in the right number."""
NAME_WIDTH = 34
WIDTH = 160
"""Of what goes into a file or a pipe."""


class Teller:
    """Says what happens; `as_json` for programs."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._console = Console(highlight=False, soft_wrap=True)

    def step(self, text: str) -> None:
        """Something the demonstration does to get ready, or a word at the end."""
        if not self._as_json:
            self._console.print(f"[bold]{text}[/]")

    def address(self, api_url: str) -> None:
        """Where the service answers."""
        if self._as_json:
            self._line({"api": api_url})
        else:
            self._console.print(f"The API answers at [bold cyan]{api_url}[/], its description at {api_url}/docs")

    def legend(self) -> None:
        """What the signs before the lines mean."""
        if not self._as_json:
            for sign, colour, meaning in LEGEND:
                self._console.print(f"  [{colour}]{sign}[/] {meaning}")

    def document(self, voyage: Voyage, kind: str) -> None:
        """A voyage begins."""
        if not self._as_json:
            self._console.rule(f"{voyage.bill.name} · {voyage.bill.reference} · {kind}", align="left")

    def act(self, voyage: Voyage, actor: Member, submission: Json, gas: int) -> None:
        """An act has landed."""
        if self._as_json:
            told = {"act": submission["verb"], "document": voyage.bill.name, "actor": actor.name}
            where = {name: submission[name] for name in ("titleIds", "certificateId", "blockNumber", "transactionHash")}
            self._line({**told, **where, "gas": gas})
        else:
            block = f"block {submission['blockNumber']:>4}  {gas:>7,} gas"
            self._console.print(f"  [green]✓[/] {submission['verb']:<20} {block}  {_short(actor.name)}")

    def called_back(self, voyage: Voyage, code: str, reference: str) -> None:
        """The carrier's system was told by the platform, in DCSA's words."""
        if self._as_json:
            self._line({"calledBack": code, "document": voyage.bill.name, "reference": reference})
        else:
            self._console.print(
                f"  [blue]←[/] {code:<20} {reference}, to {_short(voyage.people.carrier.name)}'s system"
            )

    def amended(self, title_id: str, amendments: list[Json]) -> None:
        """What a replacement changed, side by side."""
        if self._as_json:
            self._line({"amended": title_id, "amendments": amendments})
            return
        for amendment in amendments[:1]:
            changes = amendment["changes"] or []
            said = counted(len(changes), "field differs", "fields differ")
            self._console.print(f"  [cyan]≠[/] {said} from the title replaced")
            for change in changes[:MOST_CHANGES]:
                old, new = (json.dumps(change[name], ensure_ascii=False)[:40] for name in ("old", "new"))
                self._console.print(f"      {change['path']}: {old} → {new}", style="dim", markup=False)

    def kept(self, voyage: Voyage, title_id: str, sizes: dict[str, int]) -> None:
        """What is kept behind a title. `sizes`: bytes of the document, of its print, of an original on paper."""
        if self._as_json:
            self._line({"kept": title_id, "document": voyage.bill.name, **{f"{n}Bytes": s for n, s in sizes.items()}})
        else:
            said = ", ".join(f"{name} {size:,} bytes" for name, size in sizes.items())
            self._console.print(f"  [dim]kept encrypted: {said}[/]")

    def insured(self, shown: Json) -> None:
        """An insurance document is kept, and its certificate issued: what the rules say of it."""
        short = [each["rule"] for each in shown["verdicts"] if each["outcome"] == "DISCREPANT"]
        if self._as_json:
            self._line({"insured": shown["certificateId"], "title": shown["titleId"], "discrepancies": short})
        else:
            said = f"[yellow]falls short: {', '.join(short)}[/]" if short else "[dim]every rule passes[/]"
            self._console.print(f"  [magenta]☂[/] {shown['documentReference']}: {said}")

    def gaps(self, entitled: Member, found: list[Json]) -> None:
        """What is missing in the cover of who is entitled."""
        kinds = [gap["kind"] for gap in found]
        if self._as_json:
            self._line({"gaps": kinds, "toldTo": entitled.name})
        else:
            said = f"[yellow]{', '.join(kinds)}[/]" if kinds else "[dim]no gap[/]"
            self._console.print(f"  [magenta]☂[/] {_short(entitled.name)} is told: {said}")

    def refused(self, voyage: Voyage, attempt: Attempt) -> None:
        """An act was refused, as it must be."""
        if self._as_json:
            told = {"refused": attempt.rule, "document": voyage.bill.name, "act": attempt.verb, "actor": attempt.actor}
            self._line({**told, "detail": attempt.detail, "by": attempt.told_by})
        else:
            what = f"[yellow]✗[/] {attempt.verb} by {_short(attempt.actor)}"
            self._console.print(f"  {what}: [yellow]{attempt.rule}[/] [dim]{attempt.detail} ({attempt.told_by})[/]")

    def chain(self, cast: Cast, title: Json, entries: list[Json], gas: dict[str, int]) -> None:
        """A title's endorsement chain, at the end of its voyage."""
        if self._as_json:
            lines = [{**entry, "gas": gas[entry["transactionHash"]]} for entry in entries]
            self._line({"title": title["id"], "status": title["status"], "endorsementChain": lines})
            return
        table = Table(title=f"Title {title['id']}: {title['status']}", title_justify="left", box=SIMPLE_HEAD)
        for column in ("Act", "DCSA", "Actor", "Recipient", "Time", "Block", "Gas"):
            table.add_column(column, no_wrap=True, justify="right" if column in {"Block", "Gas"} else "left")
        for entry in entries:
            to = _short(cast.name_of(entry["recipient"])) if entry["recipient"] else ""
            time = datetime.fromtimestamp(entry["time"], UTC).strftime("%H:%M:%S")
            row = (entry["event"], entry["code"] or "-", _short(cast.name_of(entry["actor"])), to, time)
            table.add_row(*row, str(entry["blockNumber"]), f"{gas[entry['transactionHash']]:,}")
        wide = None if self._console.is_terminal else WIDTH
        Console(highlight=False, width=wide).print(table)

    def failure(self, text: str) -> None:
        """Something went otherwise than it must."""
        if self._as_json:
            self._line({"failure": text})
        else:
            Console(stderr=True, soft_wrap=True).print(text, style="bold red", markup=False)

    def summary(self, told: Json) -> None:
        """The last line."""
        if self._as_json:
            self._line(told)
        else:
            said = ", ".join(counted(told[name], one, many) for name, one, many in COUNTS)
            is_well = not (told["mismatches"] or told["failed"] or told["divergences"])
            style = "bold green" if is_well else "bold red"
            self._console.print(f"[{style}]{said}[/], {told['seconds']} s")

    def _line(self, told: Json) -> None:
        print(json.dumps(told, ensure_ascii=False), flush=True)


def counted(number: int, one: str, many: str) -> str:
    """1 title, 2 titles."""
    return f"{number:,} {one if number == 1 else many}"


def _short(name: str) -> str:
    """A name that fits its column; of a name in two scripts, the Latin part."""
    latin = " ".join(word for word in name.split() if word.isascii()) or name
    told = latin if len(latin) > len("Ltd.") else name
    return told if len(told) <= NAME_WIDTH else told[: NAME_WIDTH - 1] + "…"
