"""Measures clone-image and qemu-img side by side, in turn, on generated backing chains. Root is
needed for W13, W16 and --footprint, which make file systems, loop devices and a control group."""

import argparse
import os
import platform
import resource
import shutil
import signal
import sys
from pathlib import Path

import engine
import footprint
import growth
import micro
import service
import workloads
from cases import Tools, output
from places import FOLDER, opened
from report import Result, publish
from rounds import Bench
from summary import refresh
from workloads import Workload

HERE = Path(__file__).resolve().parent
JOBS = {"growth": growth.run, "micro": micro.run, "footprint": footprint.run,
        "engine": engine.run, "service": service.run}


def compare(selection: list[Workload], tools: Tools, options: argparse.Namespace) -> list[Result]:
    about, results = facts(tools, options), []
    for index, workload in enumerate(selection):
        source = workload.source.ready(options.cache, options.scale, options.seed)
        with opened(workload.place, options.cache, source, options.keep) as place:
            for case in workload.cases:
                print(f"{workload.name} {workload.title} → {case.name}", file=sys.stderr)
                results.append(Bench(tools, place, options).run(workload, case))
                publish(options.output, about, results)
        if options.drop and workload.source not in (w.source for w in selection[index + 1:]):
            shutil.rmtree(source.parent)
    return results


def facts(tools: Tools, options: argparse.Namespace) -> dict[str, object]:
    return {
        "peer": output(tools.peer, "--version").split("\n")[0], "cores": os.cpu_count(),
        "kernel": platform.release(),
        "file system": output("findmnt", "-no", "FSTYPE", "-T", options.cache).strip(),
        "scale": options.scale, "rounds": options.rounds, "seed": options.seed}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="Scripts/bench", description=__doc__)
    add = parser.add_argument
    add("--only", metavar="W1,W2", help="the workloads to run (default: all)")
    add("--scale", type=float, default=1.0, help="factor for the sizes (default 1)")
    add("--rounds", type=int, default=5, help="counted rounds (default 5)")
    add("--seed", type=int, default=1)
    add("--binary", default=".build/release/clone-image", help="our program")
    add("--vs", default="qemu-img", metavar="PATH", help="another qemu-img as the peer")
    add("--cache", type=Path, default=HERE / ".cache", help="where sources and outputs live")
    add("--output", type=Path, default=HERE / "results", help="where the tables are written")
    add("--timeout", type=float, default=900, help="seconds any run may take (default 900)")
    add("--keep", action="store_true", help="leave the last outputs in the cache")
    add("--drop", action="store_true", help="remove each source after its last workload")
    add("--strace", action="store_true", help="count system calls of ours and the best peer")
    only = parser.add_mutually_exclusive_group().add_argument
    only("--list", action="store_true", help="name the workloads and stop")
    only("--table", type=Path, metavar="README.md",
         help="put the last results into a page's table and stop")
    for name, job in JOBS.items():
        only(f"--{name}", dest="job", action="store_const", const=job, help=job.__doc__)
    return parser.parse_args()


def chosen(only: str | None) -> list[Workload]:
    known = {workload.name for workload in workloads.ALL}
    names = set(only.split(",")) if only else known
    if unknown := sorted(names - known):
        sys.exit(f"no such workload: {', '.join(unknown)} (see --list)")
    return [workload for workload in workloads.ALL if workload.name in names]


def require_root(selection: list[Workload]) -> None:
    names = sorted({workload.name for workload in selection if workload.place != FOLDER})
    if names and os.geteuid():
        sys.exit(f"root is needed to make file systems and loop devices for {', '.join(names)}: "
                 "use sudo, or name other workloads with --only")


def program(name: str) -> str:
    return os.path.abspath(shutil.which(name) or sys.exit(f"no program {name}"))


def main() -> int:
    options = parse()
    selection = chosen(options.only)
    if options.list:
        for each in selection:
            print(f"{each.name:4}{each.title} → {', '.join(case.name for case in each.cases)}")
        return 0
    if options.table:
        refresh(options.table, options.output)
        return 0
    if not options.job:
        require_root(selection)
    options.cache = options.cache.resolve()
    options.cache.mkdir(parents=True, exist_ok=True)
    micro = shutil.which(".build-micro/release/micro")
    tools = Tools(program(options.binary), program(options.vs), micro and program(micro))
    # A chain of 900 layers is more than the usual soft limit lets a peer open.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # Being stopped is an exception like others: what was made is removed on the way out.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    if options.job:
        options.job(tools, options)
        return 0
    results = compare(selection, tools, options)
    print((options.output / "results.md").read_text())
    print(f"written to {options.output}/results.md and results.json", file=sys.stderr)
    return 0 if all(result.complete for result in results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
