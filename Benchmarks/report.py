"""Turns measurements into figures, and figures into Markdown and JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from cases import LIMITS, OURS, Goal
from measure import Sample
from pages import table

MIB = 1 << 20
ONCE = "†"
PEAK_LIMIT = 128 * MIB
HEADS = ["workload", "output", "ours s", "against s", "ratio", "at least", "reached", "CPU s",
         "peak MiB", "output MiB", "system calls", "limit s"]
LEGEND = f"""\
Medians of interleaved rounds, with sources in the page cache unless a workload says otherwise; pairs
are ours / the peer named. Ratio: that peer's wall time ÷ ours, median (and range) of the rounds.
Reached: the ratio wanted at scale 1, a peak of ours of at most {PEAK_LIMIT // MIB} MiB and, where one
is set, the size. {ONCE} More than 20 × our time, so run once. The peak is that of the uncounted run."""


@dataclass
class Series:
    """One contender of a case, and all its counted runs."""

    command: list[str]
    target: Path | None
    starts: int = 1
    samples: list[Sample] = field(default_factory=list)
    output_bytes: int = 0
    peak_bytes: int = 0
    system_calls: int | None = None
    ran: bool = False
    once: bool = False
    failure: str | None = None

    @property
    def wall(self) -> float:
        return median(sample.wall for sample in self.samples)

    @property
    def cpu(self) -> float:
        return median(sample.cpu for sample in self.samples)


@dataclass(frozen=True)
class Verdict:
    """One goal of a case: our best way beside the best of those it names."""

    least: float
    best: str
    ours: str
    ratios: list[float]
    misses: list[str]

    @property
    def ratio(self) -> float:
        return median(self.ratios)


@dataclass
class Result:
    workload: str
    title: str
    case: str
    goals: tuple[Goal, ...]
    largest: float | None
    series: dict[str, Series]
    failure: str | None = None

    @property
    def ours(self) -> dict[str, Series]:
        return {name: one for name, one in self.series.items() if name.startswith(OURS)}

    @property
    def complete(self) -> bool:
        return self.failure is None and all(map(self.best, (goal.against for goal in self.goals)))

    @property
    def shown(self) -> list[Series]:
        """Whoever stands in the table."""
        names = {name for verdict in self.verdicts() for name in (verdict.ours, verdict.best)}
        return [self.series[name] for name in sorted(names)]

    def best(self, names: tuple[str, ...]) -> str | None:
        ran = [name for name in names if name in self.series and self.series[name].samples]
        return min(ran, key=lambda name: self.series[name].wall, default=None)

    def verdicts(self) -> list[Verdict]:
        return [self.verdict(goal) for goal in self.goals] if self.complete else []

    def verdict(self, goal: Goal) -> Verdict:
        ours, best = self.best(tuple(self.ours)), self.best(goal.against)
        ratios = self.ratios(self.series[ours], self.series[best])
        misses = ["time"] * (median(ratios) < goal.least)
        misses += ["peak"] * (self.series[ours].peak_bytes > PEAK_LIMIT)
        misses += ["size"] * bool(self.largest and self.share(ours, best) > self.largest)
        return Verdict(goal.least, best, ours, ratios, misses)

    def ratios(self, ours: Series, other: Series) -> list[float]:
        """The other's time in units of ours, round by round: neighbours share the weather."""
        theirs = other.samples * (len(ours.samples) if other.once else 1)
        return [their.wall / our.wall for our, their in zip(ours.samples, theirs)]

    def share(self, ours: str, other: str) -> float:
        return self.series[ours].output_bytes / max(1, self.series[other].output_bytes)

    def summary(self) -> dict:
        verdicts = [asdict(v) | {"ratio": v.ratio, "reached": not v.misses}
                    for v in self.verdicts()]
        return asdict(self) | {"verdicts": verdicts}

    def rows(self) -> list[list[str]]:
        name = f"{self.workload} {self.title}"
        if not self.complete:
            return [[name, self.case, "**failed**", *[""] * 9]]
        return [[name, self.case, *self.cells(verdict)] for verdict in self.verdicts()]

    def cells(self, verdict: Verdict) -> list[str]:
        ours, best = self.series[verdict.ours], self.series[verdict.best]
        way = f" `{verdict.ours}`" if len(self.ours) > 1 else ""
        return [
            f"{ours.wall:.3f}{way}", f"{best.wall:.3f} `{verdict.best}`{ONCE * best.once}",
            f"{verdict.ratio:.2f} ({min(verdict.ratios):.2f}–{max(verdict.ratios):.2f})",
            f"{verdict.least:g}",
            f"**no**: {', '.join(verdict.misses)}" if verdict.misses else "yes",
            f"{ours.cpu:.3f} / {best.cpu:.3f}",
            f"{ours.peak_bytes / MIB:.0f} / {best.peak_bytes / MIB:.0f}",
            f"{ours.output_bytes / MIB:.1f} / {best.output_bytes / MIB:.1f}" if ours.target else "",
            f"{ours.system_calls or '–'} / {best.system_calls or '–'}",
            ", ".join(f"{self.series[name].wall:.3f} `{name}`" for name in LIMITS
                      if name in self.series and self.series[name].samples)]

    def notes(self) -> list[str]:
        lines = [f"`{name}`: {one.failure}" for name, one in self.series.items() if one.failure]
        if self.failure and not any(one.failure for one in self.ours.values()):
            lines.append(self.failure)
        if self.largest and (verdicts := self.verdicts()):
            share = self.share(verdicts[0].ours, verdicts[0].best)
            lines.append(f"size {share:.3f} × the peer's, of {self.largest:g} allowed")
        return lines


def markdown(facts: dict, results: list[Result]) -> str:
    notes = [f"- {result.workload} {result.title} → {result.case}: {note}"
             for result in results for note in result.notes()]
    head = " · ".join(f"{key} {value}" for key, value in facts.items())
    rows = [row for result in results for row in result.rows()]
    parts = ["# Benchmarks", head, table(HEADS, rows, texts=2), LEGEND, "\n".join(notes)]
    return "\n\n".join(parts).rstrip() + "\n"


def publish(folder: Path, facts: dict, results: list[Result]) -> None:
    """Writes both files whole, after every case, so that a stopped run is not lost."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text(markdown(facts, results))
    data = {"facts": facts, "cases": [result.summary() for result in results]}
    (folder / "results.json").write_text(json.dumps(data, indent=1, default=str) + "\n")
