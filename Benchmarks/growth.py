"""How time grows with layers, with extents and with the size of the disk."""

import argparse
import sys
from dataclasses import dataclass

import sources
from cases import OURS, PEER_WAYS, Collapse, Goal, Tools
from pages import PERFORMANCE, fill, table
from places import FOLDER, opened
from plots import draw
from rounds import Bench
from sources import Source
from workloads import Workload

# A peer that takes longer is out of the picture.
PATIENCE = 60

# Raw files on ext4 end at 16 TiB.
CASE = Collapse("qcow2", (Goal(1),), limits=())


@dataclass(frozen=True)
class Point:
    """Wall times at one size, and the CPU times of both; no peer where all took too long."""

    number: int
    ours: float
    peer: float | None
    cpu: str


def run(tools: Tools, options: argparse.Namespace) -> None:
    """show how time grows, at any --scale the same, in docs/performance.md"""
    options.timeout = min(options.timeout, PATIENCE)
    curves = {
        what: [measured(number, source, tools, options) for number, source in points.items()]
        for what, points in sources.GROWTH.items()}
    draw(curves, PERFORMANCE.with_name("performance-growth.svg"))
    rows = [[f"{point.number:,} {what}", *cells(point)]
            for what, points in curves.items() for point in points]
    text = table(["of", "ours s", "qemu-img s", "ratio", "CPU s"], rows)
    fill(PERFORMANCE, "growth", text)
    print(text)


def measured(number: int, source: Source, tools: Tools, options: argparse.Namespace) -> Point:
    print(source.title, file=sys.stderr)
    image = source.ready(options.cache, scale=1, seed=options.seed)
    with opened(FOLDER, options.cache, image) as place:
        result = Bench(tools, place, options).run(Workload("growth", source, ()), CASE)
    if result.failure:
        sys.exit(f"{source.title}: {result.failure}")
    ours, best = result.series[OURS], result.series.get(result.best(tuple(PEER_WAYS)))
    if best is None:
        return Point(number, ours.wall, None, f"{ours.cpu:.3f}")
    return Point(number, ours.wall, best.wall, f"{ours.cpu:.3f} / {best.cpu:.3f}")


def cells(point: Point) -> list[str]:
    if point.peer is None:
        return [f"{point.ours:.3f}", f"more than {PATIENCE}", "", point.cpu]
    return [f"{point.ours:.3f}", f"{point.peer:.3f}", f"{point.peer / point.ours:.1f}", point.cpu]
