"""The table that a page for readers shows, made of the last results."""

import json
import re
from pathlib import Path
from statistics import median

from cases import LIMITS
from pages import fill, table

MIB = 1 << 20
HEADS = ["Workload", "Output", "`qemu-img` ÷ ours", "Wanted", "Limit ÷ ours",
         "Peak memory, ours / theirs"]


def refresh(page: Path, results: Path) -> None:
    """Replaces the rows of the page's section `measured` that were measured anew."""
    data = json.loads((results / "results.json").read_text())
    facts = data["facts"]
    rows = merged(shown(page), [row for case in data["cases"] for row in summary(case)])
    scale, rounds = f"{facts['scale']:g}", facts["rounds"]
    text = f"""\
Wall time of the best of `qemu-img convert` plain, `-W` and `-C`, or of whom a row names, divided by
ours: medians of {rounds} interleaved rounds on {facts['cores']} cores and {facts['file system']}, sources cached,
sizes times {scale}, against {facts['peer']}. Each result was compared with its source, and each
qcow2 checked, by `qemu-img`. `Scripts/bench --scale {scale} --rounds {rounds}`, and then
`Scripts/bench --table {page.name}`, make this table again; with `--only`, some rows of it."""
    fill(page, "measured", f"{text}\n\n{table(HEADS, rows, texts=2)}")


def shown(page: Path) -> list[list[str]]:
    """The rows that the page's table has."""
    return [line[2:-2].split(" | ") for line in page.read_text().splitlines()
            if re.match(r"\| W\d+ ", line)]


def merged(old: list[list[str]], new: list[list[str]]) -> list[list[str]]:
    """The new rows, and those of the old ones that show other cases, by workload."""
    fresh = {(name, output) for name, output, *_ in new}
    kept = [row for row in old if (row[0], row[1]) not in fresh]
    return sorted(kept + new, key=lambda row: int(row[0].split()[0][1:]))


def summary(case: dict) -> list[list[str]]:
    name = f"{case['workload']} {case['title']}"
    if not case["verdicts"]:
        return [[name, case["case"], "failed", "", "", ""]]
    return [[name, case["case"], *cells(case["series"], verdict)] for verdict in case["verdicts"]]


def cells(series: dict, verdict: dict) -> list[str]:
    ours, best = series[verdict["ours"]], series[verdict["best"]]
    missed = f" ({', '.join(verdict['misses'])} missed)" if verdict["misses"] else ""
    limits = ", ".join(
        f"{wall(series[name]) / wall(ours):.2f} `{name}`" for name in LIMITS
        if name in series and series[name]["samples"])
    return [f"{verdict['ratio']:.1f} `{verdict['best']}`", f"{verdict['least']:g}{missed}", limits,
            f"{ours['peak_bytes'] // MIB} / {best['peak_bytes'] // MIB} MiB"]


def wall(one: dict) -> float:
    return median(sample["wall"] for sample in one["samples"])
