"""What is run for one case: our command, the peers' commands, and the proof of the result."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# How our tool is called besides the case's own options. No flush: the peers do not flush either.
OUR_OPTIONS = ["--force", "--progress", "none", "--quiet", "--cache", "unsafe"]

# The ways to run a peer. `-C` copies inside the kernel and cannot compress.
PEER_WAYS = {"plain": [], "-W": ["-W"], "-C": ["-C"]}

OURS, LIMIT = "clone-image", "cp"
PROOF_TIMEOUT = 1800


@dataclass(frozen=True)
class Tools:
    ours: str
    peer: str
    oracle: str = "qemu-img"


@dataclass(frozen=True)
class Collapse:
    """A chain collapsed to one image. `largest` is the output size allowed, in units of the
    peer's; `limited` says that a plain copy of the source is a bound worth showing."""

    format: str
    least: float
    codec: str | None = None
    largest: float | None = None
    limited: bool = False

    @property
    def name(self) -> str:
        return f"{self.format} {self.codec}" if self.codec else self.format

    def commands(self, tools: Tools, source: Path) -> dict[str, list[str]]:
        """Every contender's command line, which only lacks the target as its last word."""
        compress = ["--compress", self.codec] if self.codec else []
        pack = ["-c", "-o", f"compression_type={self.codec}"] if self.codec else []
        convert = ["-f", format_of(source), "-O", self.format, *pack, str(source)]
        commands = {OURS: [
            tools.ours, "collapse", "--format", self.format, *compress, *OUR_OPTIONS, str(source)]}
        for way, flags in PEER_WAYS.items():
            if not (pack and way == "-C"):
                commands[way] = [tools.peer, "convert", *flags, *convert]
        if self.limited:
            commands[LIMIT] = ["cp", str(source)]
        return commands

    def prove(self, tools: Tools, source: Path, target: Path) -> str | None:
        """Says what is wrong with the result, if anything."""
        formats = ["-f", format_of(source), "-F", self.format]
        compare = [tools.oracle, "compare", *formats, str(source), str(target)]
        trouble = complaint(compare, "Images are identical.")
        if trouble is None and self.format == "qcow2":
            check = [tools.oracle, "check", "-f", "qcow2", str(target)]
            trouble = complaint(check, "No errors were found on the image.")
        return trouble


def format_of(image: Path) -> str:
    return image.suffix.removeprefix(".")


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
