"""Measures clone-image and qemu-img side by side, in turn, on generated backing chains."""

import argparse
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import workloads
from cases import LIMIT, OURS, Collapse, Tools
from measure import CommandFailed, Sample, measure, system_calls
from report import Result, Series, publish
from workloads import Workload

HERE = Path(__file__).resolve().parent
GENERATION_TIMEOUT = 3600

# A peer this many times slower than ours in the warm-up is not run again.
HOPELESS = 20


@dataclass(frozen=True)
class Bench:
    tools: Tools
    outputs: Path
    options: argparse.Namespace

    def run(self, workload: Workload, case: Collapse, source: Path) -> Result:
        prefix = f"{workload.name}-{case.name}-".replace(" ", "-")
        series = {
            name: Series([*command, str(self.outputs / f"{prefix}{name}.{case.format}")])
            for name, command in case.commands(self.tools, source).items()}
        result = Result(
            workload.name, workload.title, case.name, case.least, case.largest, series)
        if ours := self.attempt(series[OURS], leave=True):
            result.failure = case.prove(self.tools, source, target(series[OURS]))
            if result.failure is None:
                self.warm_up(series, ours.wall)
                self.interleave(series)
            if self.options.strace and result.complete:
                self.count_calls(series[OURS], series[result.best_peer])
        return result

    def warm_up(self, series: dict[str, Series], ours: float) -> None:
        """An uncounted run of each other contender, which tells which peers need no more."""
        for name, other in series.items():
            if name != OURS and (sample := self.attempt(other)):
                other.once = name != LIMIT and sample.wall > HOPELESS * ours
                other.samples += [sample] * other.once

    def interleave(self, series: dict[str, Series]) -> None:
        for _ in range(self.options.rounds):
            for one in series.values():
                if not (one.once or one.failure) and (sample := self.attempt(one)):
                    one.samples.append(sample)

    def attempt(self, one: Series, leave: bool = False) -> Sample | None:
        """A run from a clean start: no older output, nothing waiting to be written."""
        target(one).unlink(missing_ok=True)
        os.sync()
        try:
            sample = measure(one.command, self.options.timeout)
            one.output_bytes = target(one).stat().st_blocks * 512
        except (CommandFailed, OSError) as error:
            one.failure, sample = str(error), None
        if not (leave or self.options.keep):
            target(one).unlink(missing_ok=True)
        return sample

    def count_calls(self, *both: Series) -> None:
        for one in both:
            target(one).unlink(missing_ok=True)
            table = self.outputs / "calls.txt"
            one.system_calls = system_calls(one.command, self.options.timeout, table)


def target(one: Series) -> Path:
    return Path(one.command[-1])


def prepared(workload: Workload, cache: Path, scale: float, seed: int) -> Path:
    """The source, generated if the cache lacks it, with all its files read once."""
    folder = workload.folder(cache, scale, seed)
    if not folder.exists():
        say(f"{workload.name}: generating {workload.title}, scale {scale:g}")
        command = [sys.executable, workloads.__file__, workload.name, cache, scale, seed]
        subprocess.run([*map(str, command)], check=True, timeout=GENERATION_TIMEOUT)
    for file in folder.iterdir():
        subprocess.run(["cat", file], check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("top.*"))


def facts(tools: Tools, options: argparse.Namespace) -> dict[str, object]:
    def first_line(*command: object) -> str:
        return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0]

    return {
        "peer": first_line(tools.peer, "--version"), "cores": os.cpu_count(),
        "kernel": platform.release(),
        "file system": first_line("findmnt", "-no", "FSTYPE", "-T", options.cache),
        "scale": options.scale, "rounds": options.rounds, "seed": options.seed}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


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
    add("--drop", action="store_true", help="remove each source after its workload")
    add("--strace", action="store_true", help="count system calls of ours and the best peer")
    add("--list", action="store_true", help="name the workloads and stop")
    return parser.parse_args()


def chosen(only: str | None) -> list[Workload]:
    names = only.split(",") if only else list(workloads.ALL)
    if unknown := [name for name in names if name not in workloads.ALL]:
        sys.exit(f"no such workload: {', '.join(unknown)} (see --list)")
    return [workloads.ALL[name] for name in names]


def program(name: str) -> str:
    return os.path.abspath(shutil.which(name) or sys.exit(f"no program {name}"))


def main() -> int:
    options = parse()
    selection = chosen(options.only)
    if options.list:
        for each in selection:
            print(f"{each.name:4}{each.title} → {', '.join(case.name for case in each.cases)}")
        return 0
    cache = options.cache.resolve()
    (outputs := cache / "out").mkdir(parents=True, exist_ok=True)
    tools = Tools(program(options.binary), program(options.vs))
    bench = Bench(tools, outputs, options)
    # A chain of 900 layers is more than the usual soft limit lets a peer open.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # Being stopped is an exception like others: the running child is ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    about, results = facts(tools, options), []
    try:
        for workload in selection:
            source = prepared(workload, cache, options.scale, options.seed)
            for case in workload.cases:
                say(f"{workload.name} → {case.name}")
                results.append(bench.run(workload, case, source))
                about["peak floor"] = f"{measure(['true'], 10).peak_bytes >> 20} MiB"
                publish(options.output, about, results)
            if options.drop:
                shutil.rmtree(source.parent)
    finally:
        if not options.keep:
            shutil.rmtree(outputs)
    print((options.output / "results.md").read_text())
    say(f"written to {options.output}/results.md and results.json")
    return 0 if all(result.complete for result in results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
