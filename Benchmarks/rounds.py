"""Runs the contenders of a case in turn, and proves our result before anything counts."""

import argparse
import os
import random
from dataclasses import dataclass
from pathlib import Path

from cases import CODEC_ALONE, COPIES, LIMITS, Case, Tools
from measure import CommandFailed, Sample, back_memory, measure, system_calls, weigh
from places import Place
from report import Result, Series
from workloads import Workload

# A peer this many times slower than ours in the warm-up is not run again.
HOPELESS = 20

# What any run takes of memory besides its output; of a device's, the cache of the file below it too.
MEMORY_FLOOR = 3 << 30


@dataclass(frozen=True)
class Bench:
    tools: Tools
    place: Place
    options: argparse.Namespace

    def run(self, workload: Workload, case: Case) -> Result:
        result = Result(workload.name, workload.title, case.name, case.goals, case.largest, {})
        result.series |= {
            name: self.series(case, name, command)
            for name, command in case.commands(self.tools, self.place.source).items()}
        finished = self.place.folder / f"finished.{case.format}"
        try:
            quickest = self.prove_ours(case, result, finished)
            if result.failure is None:
                result.series |= self.limits(case, finished)
                self.warm_up(result.series, quickest)
                self.interleave(result.series)
        finally:
            finished.unlink(missing_ok=True)
        if self.options.strace and result.complete:
            for one in result.shown:
                self.count_calls(one)
        return result

    def series(self, case: Case, name: str, command: list[str]) -> Series:
        if case.format is None or name == CODEC_ALONE:
            return Series(command, None, case.starts)
        target = self.place.target(f"{name.replace(' ', '-')}.{case.format}")
        return Series([*command, str(target)], target, case.starts)

    def prove_ours(self, case: Case, result: Result, finished: Path) -> float:
        """The uncounted runs of ours. A proven output is kept for the limits to copy."""
        quickest = float("inf")
        for one in result.ours.values():
            if sample := self.attempt(one, leave=True):
                quickest = min(quickest, sample.wall)
                result.failure = case.prove(self.tools, self.place.source, one.target)
            result.failure = result.failure or one.failure
            if result.failure is None and one.target and not one.target.is_block_device():
                one.target.replace(finished)
        return quickest

    def limits(self, case: Case, finished: Path) -> dict[str, Series]:
        original = finished if finished.exists() else self.place.source
        commands = {
            name: [*COPIES[name], str(original)] for name in case.limits if name in COPIES}
        if CODEC_ALONE in case.limits and self.tools.micro:
            commands[CODEC_ALONE] = [self.tools.micro, "inflate", str(self.place.source)]
        return {name: self.series(case, name, command) for name, command in commands.items()}

    def warm_up(self, series: dict[str, Series], ours: float) -> None:
        """An uncounted run of each contender that had none, which tells who needs no more."""
        for name, one in series.items():
            if one.ran or not (sample := self.attempt(one)):
                continue
            one.once = name not in LIMITS and sample.wall > HOPELESS * ours
            one.samples += [sample] * one.once

    def interleave(self, series: dict[str, Series]) -> None:
        """Each round in another order: what ran before leaves the machine's memory as it was used."""
        rng, order = random.Random(self.options.seed), list(series.values())
        for _ in range(self.options.rounds):
            rng.shuffle(order)
            for one in order:
                if not (one.once or one.failure) and (sample := self.attempt(one)):
                    one.samples.append(sample)

    def attempt(self, one: Series, leave: bool = False) -> Sample | None:
        """A run from a clean start: no older output, nothing waiting to be written, the cache as the
        place wants it."""
        is_first, one.ran = not one.ran, True
        before = self.prepare(one)
        try:
            if is_first:
                sample, one.peak_bytes = weigh(one.command, self.options.timeout)
            else:
                sample = measure(one.command, self.options.timeout, one.starts)
            one.output_bytes = self.place.taken(one.target) - before if one.target else 0
        except CommandFailed as error:
            one.failure, sample = str(error), None
        if one.target and not (leave or self.options.keep):
            self.place.remove(one.target)
        return sample

    def prepare(self, one: Series) -> int:
        """Returns what the place counts as taken without the target."""
        if one.target:
            self.place.remove(one.target)
            self.place.prepare(one.target)
        os.sync()
        self.place.cache()
        if one.target:
            back_memory(MEMORY_FLOOR + one.output_bytes)
        return self.place.taken(one.target) if one.target else 0

    def count_calls(self, one: Series) -> None:
        self.prepare(one)
        table = self.place.folder / "calls.txt"
        one.system_calls = system_calls(one.command, self.options.timeout, table)
