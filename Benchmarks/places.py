"""Where a workload's source and outputs lie: a folder, a file system of their own, or a device."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from images import CLUSTER, GIB, MIB, virtual_size

FOLDER, COLD, XFS, BTRFS, DEVICE = "", "not cached", "XFS", "btrfs", "loop device"
MAKERS = {XFS: ["mkfs.xfs", "-q", "-f", "-m", "reflink=1"], BTRFS: ["mkfs.btrfs", "-q", "-f"]}


class Place:
    """A folder on whatever file system the cache is on."""

    def __init__(self, folder: Path, source: Path) -> None:
        self.folder, self.source = folder, source

    def target(self, name: str) -> Path:
        return self.folder / name

    def remove(self, target: Path) -> None:
        target.unlink(missing_ok=True)

    def prepare(self, target: Path) -> None:
        """Makes the same beginning for every run."""

    def cache(self) -> None:
        """Has the source in the page cache, whatever pushed it out."""
        run("cat", *self.source.parent.iterdir())

    def taken(self, target: Path) -> int:
        """The bytes that the target takes, give or take a constant."""
        return target.stat().st_blocks * 512 if target.exists() else 0


class Cold(Place):
    """A folder with a source that must be read from the disk."""

    def cache(self) -> None:
        for file in self.source.parent.iterdir():
            forget(file)


class Mount(Place):
    """A file system with blocks that files share: only its free space tells what a file takes."""

    def taken(self, target: Path) -> int:
        os.sync()
        state = os.statvfs(self.folder)
        return (state.f_blocks - state.f_bfree) * state.f_frsize


class Device(Place):
    """A loop device: whatever the target's name, the target is the device."""

    def __init__(self, folder: Path, source: Path, device: Path, size: int) -> None:
        super().__init__(folder, source)
        self.device, self.size = device, size

    def target(self, name: str) -> Path:
        return self.device

    def remove(self, target: Path) -> None:
        """It stays: the next run begins by filling it anew."""

    def prepare(self, target: Path) -> None:
        """Puts 64 KiB of garbage into each MiB: what shall be zero must be made so."""
        garbage = os.urandom(CLUSTER)
        device = os.open(target, os.O_WRONLY)
        try:
            for start in range(0, self.size, MIB):
                os.pwrite(device, garbage, start)
        finally:
            os.close(device)

    def taken(self, target: Path) -> int:
        return 0


@contextmanager
def opened(kind: str, cache: Path, source: Path, keep: bool = False) -> Iterator[Place]:
    """The place, with everything that was made for it gone at the end, however that comes; but a
    mere folder's outputs may be kept."""
    (outputs := cache / "out").mkdir(parents=True, exist_ok=True)
    try:
        if kind == FOLDER:
            yield Place(outputs, source)
        elif kind == COLD:
            yield Cold(outputs, source)
        elif kind == DEVICE:
            with attached(cache / "device.img", size := virtual_size(source)) as device:
                yield Device(outputs, source, device, size)
        else:
            used = sum(file.stat().st_blocks * 512 for file in source.parent.iterdir())
            with mounted(cache, kind, GIB + 5 * used) as folder:
                shutil.copytree(source.parent, folder / "source")
                yield Mount(folder, folder / "source" / source.name)
    finally:
        if not keep:
            shutil.rmtree(outputs)


@contextmanager
def attached(file: Path, size: int) -> Iterator[Path]:
    """A loop device on a sparse file; one that a killed run left behind goes first."""

    def detach() -> None:
        for line in output("losetup", "-n", "-O", "NAME", "-j", file).split():
            run("losetup", "-d", line)
        file.unlink(missing_ok=True)

    detach()
    try:
        file.touch()
        os.truncate(file, size)
        yield Path(output("losetup", "--find", "--show", file).strip())
    finally:
        detach()


@contextmanager
def mounted(cache: Path, kind: str, size: int) -> Iterator[Path]:
    """A new file system in a sparse file. Its loop device goes when it is unmounted."""
    folder, file = cache / "mount", cache / "mount.img"

    def unmount() -> None:
        if folder.is_mount():
            run("umount", folder)
        file.unlink(missing_ok=True)

    unmount()
    try:
        folder.mkdir(exist_ok=True)
        file.touch()
        os.truncate(file, size)
        run(*MAKERS[kind], file)
        run("mount", "-o", "loop", file, folder)
        yield folder
    finally:
        unmount()


def forget(file: Path) -> None:
    """Takes a file out of the page cache."""
    if file.exists():
        os.sync()
        with file.open("rb") as opened_file:
            os.posix_fadvise(opened_file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def run(*command: object) -> None:
    subprocess.run([*map(str, command)], check=True, stdout=subprocess.DEVNULL)


def output(*command: object) -> str:
    return subprocess.run(
        [*map(str, command)], check=True, stdout=subprocess.PIPE, text=True).stdout
