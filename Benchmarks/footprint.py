"""A large copy in a small room: how much memory it wants, and how much page cache it leaves."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sources
from cases import Collapse, DurableCollapse, Tools, output
from measure import CommandFailed, measure, weigh
from pages import PERFORMANCE, fill, table
from places import FOLDER, forget, opened

MIB = 1 << 20
ROOM = 256 * MIB
HEADS = ["way", "s", "s in 256 MiB", "peak MiB", "group's peak MiB", "source left in cache MiB",
         "target left in cache MiB"]


@dataclass(frozen=True)
class Group:
    """A memory control group, of either version of the kernel's interface."""

    folder: Path
    limit: str
    peak: str

    def around(self, command: list[str]) -> list[str]:
        enter = 'echo $$ >"$0/cgroup.procs" && exec "$@"'
        return ["sh", "-c", enter, str(self.folder), *command]

    def peak_bytes(self) -> int:
        return int((self.folder / self.peak).read_text())


def run(tools: Tools, options: argparse.Namespace) -> None:
    """show memory and page cache of a large copy, in docs/performance.md"""
    if os.geteuid():
        sys.exit("root is needed to make a memory control group; use sudo")
    source = sources.ALL["large"].ready(options.cache, options.scale, options.seed)
    commands = {
        **Collapse("raw", ()).commands(tools, source),
        **{f"{name}, durable": command
           for name, command in DurableCollapse("raw", ()).commands(tools, source).items()}}
    with opened(FOLDER, options.cache, source) as place:
        target = place.target("copy.raw")
        rows = [[f"`{name}`", *weighed([*command, str(target)], source, target, options.timeout)]
                for name, command in commands.items()]
    size = source.stat().st_size / MIB
    text = f"A source of {size:,.0f} MiB:\n\n{table(HEADS, rows)}"
    fill(PERFORMANCE, "footprint", text)
    print(text)


def weighed(command: list[str], source: Path, target: Path, timeout: float) -> list[str]:
    for file in (source, target):
        forget(file)
    alone, own_peak = weigh(command, timeout)
    left = [resident(file) / MIB for file in (source, target)]
    target.unlink()
    with group(ROOM) as room:
        try:
            confined = f"{measure(room.around(command), timeout).wall:.1f}"
        except CommandFailed as error:
            confined = f"**{error}**"
        peak = room.peak_bytes() / MIB
    target.unlink(missing_ok=True)
    return [f"{alone.wall:.1f}", confined, f"{own_peak / MIB:.0f}", f"{peak:.0f}",
            *(f"{count:.0f}" for count in left)]


def resident(file: Path) -> int:
    return int(output("fincore", "--bytes", "--noheadings", "--output", "RES", str(file)))


@contextmanager
def group(limit: int) -> Iterator[Group]:
    """A new control group. What it still holds at its end goes to its parent."""
    root = Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists():
        (root / "cgroup.subtree_control").write_text("+memory")
        made = Group(root / "clone-image-bench", "memory.max", "memory.peak")
    else:
        made = Group(root / "memory" / "clone-image-bench", "memory.limit_in_bytes",
                     "memory.max_usage_in_bytes")
    made.folder.mkdir()
    try:
        (made.folder / made.limit).write_text(str(limit))
        yield made
    finally:
        made.folder.rmdir()
