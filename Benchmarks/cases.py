"""What is run for one case: our commands, the peers', the limits', and the proof of the result."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

OURS, DIRECT = "clone-image", "clone-image --direct"

# How our tool is called besides the case's own options.
OUR_OPTIONS = ["--force", "--progress", "none", "--quiet"]

# The ways to run a peer. `-C` copies inside the kernel and cannot compress.
PEER_WAYS = {"plain": [], "-W": ["-W"], "-C": ["-C"]}
DIRECT_PEER = "-t none -T none -W"

# What bounds every contender: the bytes of the finished output, copied; or only unpacked.
COPY, SHARED_COPY, DURABLE_COPY = "cp", "cp --reflink", "cp, sync"
CODEC_ALONE = "codec alone"
COPIES = {
    COPY: ["cp"], SHARED_COPY: ["cp", "--reflink=always"],
    DURABLE_COPY: ["sh", "-c", 'cp "$1" "$2" && sync "$2"', "sh"]}
LIMITS = (*COPIES, CODEC_ALONE)

PROOF_TIMEOUT = 1800


@dataclass(frozen=True)
class Tools:
    ours: str
    peer: str
    micro: str | None
    oracle: str = "qemu-img"


@dataclass(frozen=True)
class Goal:
    """How many times our wall time the best of these contenders shall take at least."""

    least: float
    against: tuple[str, ...] = tuple(PEER_WAYS)


class Case(Protocol):
    """One thing that is done with a source by us and by the peers.

    `format` is that of the output, nothing where none is written; `largest` is the output size
    allowed, in units of the peer's; `starts` is how often one sample runs the command."""

    name: str
    goals: tuple[Goal, ...]
    limits: tuple[str, ...]
    format: str | None
    largest: float | None
    starts: int

    def commands(self, tools: Tools, source: Path) -> dict[str, list[str]]:
        """Every contender's command line, which lacks the target, if any, as its last word."""

    def prove(self, tools: Tools, source: Path, target: Path | None) -> str | None:
        """Says what is wrong with our result, if anything."""


@dataclass(frozen=True)
class Collapse:
    """A chain collapsed to one image. No flush: the peers do not flush either."""

    format: str
    goals: tuple[Goal, ...]
    limits: tuple[str, ...] = (COPY,)
    codec: str | None = None
    largest: float | None = None
    starts: int = 1

    @property
    def name(self) -> str:
        return f"{self.format} {self.codec}" if self.codec else self.format

    def commands(self, tools: Tools, source: Path) -> dict[str, list[str]]:
        compress = ["--compress", self.codec] if self.codec else []
        pack = ["-c", "-o", f"compression_type={self.codec}"] if self.codec else []
        commands = {OURS: self.ours(tools, source, "--cache", "unsafe", *compress)}
        for way, flags in PEER_WAYS.items():
            if not (pack and way == "-C"):
                commands[way] = self.peer(tools, source, *flags, *pack)
        return commands

    def ours(self, tools: Tools, source: Path, *options: str) -> list[str]:
        return [tools.ours, "collapse", "--format", self.format, *OUR_OPTIONS, *options,
                str(source)]

    def peer(self, tools: Tools, source: Path, *options: str) -> list[str]:
        formats = ["-f", format_of(source), "-O", self.format]
        return [tools.peer, "convert", *options, *formats, str(source)]

    def prove(self, tools: Tools, source: Path, target: Path) -> str | None:
        formats = ["-f", format_of(source), "-F", self.format]
        compare = [tools.oracle, "compare", *formats, str(source), str(target)]
        trouble = complaint(compare, "Images are identical.")
        if trouble is None and self.format == "qcow2":
            check = [tools.oracle, "check", "-f", "qcow2", str(target)]
            trouble = complaint(check, "No errors were found on the image.")
        return trouble


@dataclass(frozen=True)
class DurableCollapse(Collapse):
    """The output is on stable storage at the end: through the page cache or past it."""

    name = "raw, durable"

    def commands(self, tools: Tools, source: Path) -> dict[str, list[str]]:
        commands = {OURS: self.ours(tools, source)}
        if "--direct" in output(tools.ours, "collapse", "--help"):
            commands[DIRECT] = self.ours(tools, source, "--direct")
        return commands | {DIRECT_PEER: self.peer(tools, source, *DIRECT_PEER.split())}


@dataclass(frozen=True)
class DeviceCollapse(Collapse):
    """Onto a block device that is there already. `-C` is for files."""

    name = "raw on a device"

    def commands(self, tools: Tools, source: Path) -> dict[str, list[str]]:
        return {
            OURS: self.ours(tools, source, "--cache", "unsafe"),
            "plain": self.peer(tools, source, "-n"), "-W": self.peer(tools, source, "-n", "-W")}


@dataclass(frozen=True)
class Query:
    """A question about a source, answered on standard output; both know it by the same name."""

    name: str
    goals: tuple[Goal, ...]
    starts: int = 1
    limits: tuple[str, ...] = ()
    format: str | None = None
    largest: float | None = None

    def commands(self, tools: Tools, source: Path) -> dict[str, list[str]]:
        return {OURS: self.asked(tools.ours, source), "plain": self.asked(tools.peer, source)}

    def asked(self, program: str, source: Path) -> list[str]:
        return [program, self.name, "--output=json", str(source)]

    def prove(self, tools: Tools, source: Path, target: Path | None) -> str | None:
        ours, theirs = (output(*self.asked(tool, source)) for tool in (tools.ours, tools.oracle))
        try:
            same = json.loads(ours) == json.loads(theirs)
        except ValueError as error:
            return f"the answer is not JSON: {error}"
        return None if same else f"not the answer of {tools.oracle}"


def format_of(image: Path) -> str:
    return image.suffix.removeprefix(".")


def output(*command: object) -> str:
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        timeout=PROOF_TIMEOUT).stdout


def complaint(command: list[str], promise: str) -> str | None:
    """Wants success and the promised first words: a difference in size alone is only a warning
    of `compare`, printed before them."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=PROOF_TIMEOUT, env={**os.environ, "LC_ALL": "C"})
    except subprocess.TimeoutExpired:
        return f"{' '.join(command[:2])} did not end in {PROOF_TIMEOUT} s"
    if done.returncode == 0 and done.stdout.startswith(promise):
        return None
    return f"{' '.join(command[:2])}: {' '.join(done.stdout.split())[:300]}"
