"""Runs one command as a child and weighs it."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class CommandFailed(Exception):
    """The child ended badly or not in time; the text says how and quotes its last words."""


@dataclass(frozen=True)
class Sample:
    wall: float
    cpu: float


def measure(command: Sequence[str], timeout: float, starts: int = 1) -> Sample:
    """One run; or the mean of several in a row, where one alone is too short to be timed."""
    runs = [measure_once(command, timeout) for _ in range(starts)]
    return Sample(
        sum(run.wall for run in runs) / starts, sum(run.cpu for run in runs) / starts)


def weigh(command: Sequence[str], timeout: float) -> tuple[Sample, int]:
    """One run, and the peak of its memory in bytes. The kernel never tells a peak below that of who
    starts the child: GNU time is smaller than we are. It takes a millisecond itself."""
    with tempfile.NamedTemporaryFile() as told:
        around = ["/usr/bin/time", "--quiet", "--format=%M", f"--output={told.name}"]
        sample = measure_once([*around, *command], timeout)
        return sample, int(told.read()) * 1024


def measure_once(command: Sequence[str], timeout: float) -> Sample:
    """Spawns and reaps by hand: wait4 is the only call that gives one child's own usage."""
    log = os.memfd_create("log")
    null = (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)
    words = [(os.POSIX_SPAWN_DUP2, log, stream) for stream in (1, 2)]
    try:
        start = time.monotonic()
        child = os.posix_spawnp(
            command[0], command, os.environ, file_actions=[null, *words], setpgroup=0)
        status, usage = reap(child, timeout)
        wall = time.monotonic() - start
        if code := os.waitstatus_to_exitcode(status):
            size = os.lseek(log, 0, os.SEEK_END)
            said = os.pread(log, 500, max(0, size - 500)).decode(errors="replace")
            late = f" at the limit of {timeout:g} s" if wall >= timeout else ""
            raise CommandFailed(f"ended with {code}{late}: {' '.join(said.split())}")
    finally:
        os.close(log)
    return Sample(wall, usage.ru_utime + usage.ru_stime)


def back_memory(byte_count: int) -> None:
    """Has the host put memory behind so many free bytes. A virtual machine gives back what has been
    free for a while, and whoever uses it next pays several times the price of the whole copy. Huge
    pages: files are cached in the same large blocks."""
    touch = ("import mmap, sys; memory = mmap.mmap(-1, int(sys.argv[1]), flags=mmap.MAP_PRIVATE); "
             "memory.madvise(mmap.MADV_HUGEPAGE); memory.madvise(23)  # MADV_POPULATE_WRITE")
    subprocess.run([sys.executable, "-c", touch, str(byte_count)], check=True)


def reap(child: int, timeout: float) -> tuple[int, resource.struct_rusage]:
    """Waits for the child; the clock, or whatever else stops the wait, kills its whole group."""
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        _, status, usage = os.wait4(child, 0)
    except BaseException:
        os.killpg(child, signal.SIGKILL)
        os.wait4(child, 0)
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return status, usage


def system_calls(command: Sequence[str], timeout: float, table: Path) -> int | None:
    """How many system calls a run makes, or nothing if it cannot be told."""
    tracer = ["strace", "-f", "-c", "-U", "calls,name", "-o", str(table)]
    try:
        measure([*tracer, *command], timeout)
        return int(table.read_text().split()[-2])
    except (CommandFailed, OSError, ValueError, IndexError):
        return None
    finally:
        table.unlink(missing_ok=True)
