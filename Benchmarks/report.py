"""Turns measurements into figures, and figures into Markdown and JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from cases import LIMIT, OURS
from measure import Sample

ONCE = "†"
HEADS = ["workload", "output", "ours s", "best peer s", "ratio", "at least", "CPU s", "peak MiB",
         "output MiB", "system calls"]
LEGEND = f"""\
Medians of interleaved rounds with a warm cache; pairs are ours / best peer. Ratio: the best peer's
wall time ÷ ours, median (and range) of the rounds, bold where it is at least what is wanted at
scale 1. {ONCE} More than 20 × our time, so run once. No peak can be seen below the floor."""


@dataclass
class Series:
    """One contender of a case, and all its counted runs."""

    command: list[str]
    samples: list[Sample] = field(default_factory=list)
    output_bytes: int = 0
    system_calls: int | None = None
    once: bool = False
    failure: str | None = None

    @property
    def wall(self) -> float:
        return median(sample.wall for sample in self.samples)

    @property
    def cpu(self) -> float:
        return median(sample.cpu for sample in self.samples)

    @property
    def peak(self) -> int:
        return max(sample.peak_bytes for sample in self.samples)


@dataclass
class Result:
    workload: str
    title: str
    case: str
    least: float
    largest: float | None
    series: dict[str, Series]
    failure: str | None = None

    @property
    def best_peer(self) -> str | None:
        peers = [n for n, s in self.series.items() if n not in (OURS, LIMIT) and s.samples]
        return min(peers, key=lambda name: self.series[name].wall, default=None)

    @property
    def complete(self) -> bool:
        return self.failure is None and self.best_peer is not None

    def ratios(self, other: str) -> list[float]:
        """The other's time in units of ours, round by round: neighbours share the weather."""
        ours, theirs = self.series[OURS].samples, self.series[other].samples
        if self.series[other].once:
            theirs = theirs * len(ours)
        return [their.wall / our.wall for our, their in zip(ours, theirs)]

    def summary(self) -> dict:
        ratios = self.ratios(self.best_peer) if self.complete else None
        ratio = ratios and {"median": median(ratios), "min": min(ratios), "max": max(ratios)}
        return asdict(self) | {"best_peer": self.best_peer, "ratio": ratio}

    def row(self) -> list[str]:
        name = f"{self.workload} {self.title}"
        if not self.complete:
            return [name, self.case, "**failed**", *[""] * 7]
        ours, best = self.series[OURS], self.series[self.best_peer]
        ratios = self.ratios(self.best_peer)
        bold = "**" if median(ratios) >= self.least else ""
        return [
            name, self.case, f"{ours.wall:.3f}",
            f"{best.wall:.3f} `{self.best_peer}`{ONCE if best.once else ''}",
            f"{bold}{median(ratios):.2f}{bold} ({min(ratios):.2f}–{max(ratios):.2f})",
            f"{self.least:g}", f"{ours.cpu:.2f} / {best.cpu:.2f}",
            f"{mib(ours.peak):.0f} / {mib(best.peak):.0f}",
            f"{mib(ours.output_bytes):.1f} / {mib(best.output_bytes):.1f}",
            f"{ours.system_calls or '–'} / {best.system_calls or '–'}"]

    def notes(self) -> list[str]:
        lines = [f"`{name}`: {s.failure}" for name, s in self.series.items() if s.failure]
        if not self.complete:
            return lines + [self.failure] * (self.failure is not None)
        if LIMIT in self.series and (limit := self.ratios(LIMIT)):
            lines.append(f"`{LIMIT}` of the source takes {median(limit):.2f} × our time")
        if self.largest:
            share = self.series[OURS].output_bytes / self.series[self.best_peer].output_bytes
            verdict = "within" if share <= self.largest else "**above**"
            lines.append(f"size {share:.3f} × the peer's, {verdict} the limit of {self.largest:g}")
        return lines


def mib(count: int) -> float:
    return count / (1 << 20)


def markdown(facts: dict, results: list[Result]) -> str:
    def line(cells: list[str]) -> str:
        return f"| {' | '.join(cells)} |"

    table = [line(HEADS), line(["---"] * 2 + ["---:"] * (len(HEADS) - 2))]
    table += [line(result.row()) for result in results]
    notes = [f"- {r.workload} → {r.case}: {note}" for r in results for note in r.notes()]
    head = " · ".join(f"{key} {value}" for key, value in facts.items())
    return "\n\n".join(["# Benchmarks", head, "\n".join(table), LEGEND, "\n".join(notes)]) + "\n"


def publish(folder: Path, facts: dict, results: list[Result]) -> None:
    """Writes both files whole, after every case, so that a stopped run is not lost."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text(markdown(facts, results))
    data = {"facts": facts, "cases": [result.summary() for result in results]}
    (folder / "results.json").write_text(json.dumps(data, indent=1) + "\n")
