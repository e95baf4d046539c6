"""Makes disk images quickly, with qemu-img and qemu-io as the only writers of qcow2."""

import json
import os
import random
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

KIB, MIB, GIB, TIB = 1 << 10, 1 << 20, 1 << 30, 1 << 40
CLUSTER = 64 * KIB


def qemu_img(*arguments: object) -> None:
    subprocess.run(["qemu-img", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def virtual_size(image: Path) -> int:
    """Of a chain's top alone: opening what is below would take a while."""
    info = ["qemu-img", "info", "--output=json", str(image)]
    return json.loads(subprocess.run(info, check=True, stdout=subprocess.PIPE).stdout)[
        "virtual-size"]


def create(image: Path, size: int, backing: str | None = None, options: str | None = None) -> None:
    """Makes an empty layer. The backing file is named but not opened: opening the whole chain
    for each of its layers would cost more than everything else."""
    below = ["-u", "-b", backing, "-F", "qcow2"] if backing else []
    extra = ["-o", options] if options else []
    qemu_img("create", "-q", "-f", "qcow2", *below, *extra, image, size)


def compress(raw: Path, image: Path, codec: str) -> None:
    """In order, not by `-W`: neighbours in the guest shall be neighbours in the file."""
    option = f"compression_type={codec}"
    qemu_img("convert", "-c", "-f", "raw", "-O", "qcow2", "-o", option, raw, image)


def write(image: Path, commands: Iterable[str]) -> None:
    """Feeds all writes of a layer to one qemu-io, which sees the layer without its backing: each
    must cover whole clusters or subclusters, else zeros fill the rest."""
    layer = {"driver": "qcow2", "backing": None, "file": {"driver": "file", "filename": str(image)}}
    done = subprocess.run(
        ["qemu-io", "-t", "unsafe", "json:" + json.dumps(layer)], input="\n".join(commands),
        text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode or done.stderr:
        raise RuntimeError(f"qemu-io on {image}: {done.stderr.strip()[:500]}")


def random_file(path: Path, size: int, rng: random.Random) -> None:
    """Writes bytes that no codec can shrink and no zero scan can skip."""
    with path.open("wb") as file:
        for start in range(0, size, MIB):
            file.write(rng.randbytes(min(MIB, size - start)))


def real_files(path: Path, size: int) -> None:
    """Joins the files of /usr until `size` bytes are there: data that compresses as disks in use
    do. A small /usr is read more than once."""
    with path.open("wb") as target:
        while missing := size - target.tell():
            for piece in pieces(Path("/usr")):
                missing -= target.write(piece[:missing])
                if not missing:
                    return
            if missing == size:
                raise RuntimeError("/usr holds no readable file")


def pieces(root: Path) -> Iterator[bytes]:
    """The contents of all readable regular files, in order of their names."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for file in (Path(folder, name) for name in sorted(names)):
            if file.is_file() and not file.is_symlink() and os.access(file, os.R_OK):
                with file.open("rb") as source:
                    yield from iter(lambda: source.read(MIB), b"")


class Pool:
    """A few blocks on disk which writes take their data from: qemu-io fills each write from the
    start of a file, so distinct contents need distinct files."""

    BLOCKS = 64

    def __init__(self, folder: Path, rng: random.Random, source: Path | None = None) -> None:
        self.folder, self.rng = folder, rng
        folder.mkdir()
        for index in range(self.BLOCKS):
            (folder / str(index)).write_bytes(self.block(source))

    def block(self, source: Path | None) -> bytes:
        if source is None:
            return self.rng.randbytes(CLUSTER)
        with source.open("rb") as file:
            file.seek(self.rng.randrange(source.stat().st_size - CLUSTER))
            return file.read(CLUSTER)

    def writes(self, offsets: Iterable[int], length: int, flags: str = "") -> Iterator[str]:
        for offset in offsets:
            block = self.folder / str(self.rng.randrange(self.BLOCKS))
            yield f"write -q {flags} -s {block} {offset} {length}"
