"""The sources: what each looks like."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from images import CLUSTER, GIB, KIB, MIB, TIB, Pool
from images import compress, create, qemu_img, random_file, real_files, write

# Raise it when a generator changes: cached sources of another version are not used.
VERSION = 1


@dataclass(frozen=True)
class Scene:
    """Where and how large a source is to be made; its image is `top`, of either format."""

    cache: Path
    folder: Path
    scale: float
    rng: random.Random

    @property
    def top(self) -> Path:
        return self.folder / "top.qcow2"

    def size(self, full: int) -> int:
        """Whole MiB, so that every cluster and subcluster size divides it."""
        return max(MIB, round(full * self.scale / MIB) * MIB)

    def count(self, full: int) -> int:
        return max(1, round(full * self.scale))

    def pool(self, source: Path | None = None) -> Pool:
        return Pool(self.folder / "pool", self.rng, source)

    def files(self, full: int) -> Path:
        """Real files as one raw disk, which several workloads share."""
        size = self.size(full)
        path = self.cache / f"files-{size // MIB}M-v{VERSION}.raw"
        if not path.exists():
            real_files(part := path.with_suffix(".part"), size)
            part.rename(path)
        return path


def contiguous(full_size: int) -> Callable[[Scene], None]:
    def build(scene: Scene) -> None:
        random_file(raw := scene.folder / "random.raw", scene.size(full_size), scene.rng)
        qemu_img("convert", "-f", "raw", "-O", "qcow2", raw, scene.top)
        raw.unlink()

    return build


def chain(scene: Scene, size: int, layers: int, offsets: Callable[[int], Iterable[int]]) -> None:
    """Plain layers; `offsets` says which clusters are written to layer i, the base being 0."""
    pool, below = scene.pool(), None
    for layer in range(layers):
        name = scene.top.name if layer == layers - 1 else f"{layer:04}.qcow2"
        create(scene.folder / name, size, below)
        if commands := list(pool.writes(offsets(layer), CLUSTER)):
            write(scene.folder / name, commands)
        below = name


def scattered(scene: Scene) -> None:
    """Each 64 KiB of the disk lies in one of eight layers, written there in random order."""
    offsets = list(range(0, size := scene.size(GIB), CLUSTER))
    scene.rng.shuffle(offsets)
    chain(scene, size, 8, lambda layer: offsets[layer::8])


def sprinkled(full_size: int, full_extents: int, layers: int = 100) -> Callable[[Scene], None]:
    """Layers, each with some random extents of one cluster."""

    def build(scene: Scene) -> None:
        size, extents = scene.size(full_size), scene.count(full_extents)
        places = range(0, size, CLUSTER)
        chain(scene, size, layers, lambda _: scene.rng.sample(places, extents))

    return build


def nearly_empty_disk(size: int) -> Callable[[Scene], None]:
    """A few clusters, whatever the scale."""
    places = range(0, size, CLUSTER)
    return lambda scene: chain(scene, size, 1, lambda _: scene.rng.sample(places, 16))


def near_empty(scene: Scene) -> None:
    """A cluster in every fiftieth layer; the scale shortens the chain, not the disk."""
    places = range(0, GIB, CLUSTER)
    chain(scene, GIB, scene.count(900), lambda i: [] if i % 50 else [scene.rng.choice(places)])


def compressed(codec: str) -> Callable[[Scene], None]:
    return lambda scene: compress(scene.files(GIB), scene.top, codec)


def plain_files(scene: Scene) -> None:
    os.link(scene.files(GIB), scene.top.with_suffix(".raw"))


def compressed_chain(scene: Scene) -> None:
    """A compressed base under two layers, each of which replaces a tenth, compressed as well."""
    raw, below = scene.files(GIB), "base.qcow2"
    compress(raw, scene.folder / below, "zlib")
    places, pool = range(0, size := raw.stat().st_size, CLUSTER), scene.pool(raw)
    for name in ("middle.qcow2", scene.top.name):
        create(scene.folder / name, size, below)
        offsets = sorted(scene.rng.sample(places, len(places) // 10))
        write(scene.folder / name, pool.writes(offsets, CLUSTER, "-c"))
        below = name


def sparse_giant(scene: Scene) -> None:
    """One cluster under each L2 table: the tables outweigh the data sixteen to one."""
    create(scene.top, size := scene.size(8 * TIB))
    reach, grain = 512 * MIB, 4 * KIB
    offsets = [start + scene.rng.randrange(0, reach, grain) for start in range(0, size, reach)]
    write(scene.top, scene.pool().writes((o for o in offsets if o < size), grain))


def preallocated(scene: Scene) -> None:
    """Each cluster has its place, and few have data."""
    create(scene.top, size := scene.size(8 * GIB), options="preallocation=metadata")
    places = scene.rng.sample(range(0, size, CLUSTER), scene.count(800))
    write(scene.top, scene.pool().writes(places, CLUSTER))


def small_clusters(scene: Scene) -> None:
    create(scene.top, size := scene.size(GIB), options="cluster_size=4k")
    offsets = list(range(0, size, 4 * KIB))
    scene.rng.shuffle(offsets)
    write(scene.top, scene.pool().writes(offsets, 4 * KIB))


def subclusters(scene: Scene) -> None:
    """Every second subcluster hides a piece of a compressed cluster of the base."""
    raw = scene.files(256 * MIB)
    compress(raw, scene.folder / "base.qcow2", "zlib")
    create(scene.top, size := raw.stat().st_size, "base.qcow2", "extended_l2=on")
    write(scene.top, scene.pool().writes(range(0, size, 4 * KIB), 2 * KIB))


@dataclass(frozen=True)
class Source:
    name: str
    title: str
    build: Callable[[Scene], None]

    def folder(self, cache: Path, scale: float, seed: int) -> Path:
        return cache / f"{self.name}-x{scale:g}-s{seed}-v{VERSION}"

    def ready(self, cache: Path, scale: float, seed: int) -> Path:
        """Its top image, generated if the cache lacks it, with all its files read once."""
        folder = self.folder(cache, scale, seed)
        if not folder.exists():
            print(f"generating {self.title}, scale {scale:g}", file=sys.stderr)
            self.generate(cache, scale, seed)
        for file in folder.iterdir():
            subprocess.run(["cat", file], check=True, stdout=subprocess.DEVNULL)
        return next(folder.glob("top.*"))

    def generate(self, cache: Path, scale: float, seed: int) -> None:
        """Builds under another name first: a broken-off attempt must not count as cached."""
        folder = self.folder(cache, scale, seed)
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        self.build(Scene(cache, part, scale, random.Random(f"{seed}/{self.name}")))
        shutil.rmtree(part / "pool", ignore_errors=True)
        part.rename(folder)


ALL = {source.name: source for source in (
    Source("contiguous", "2 GiB of random data, one layer", contiguous(2 * GIB)),
    Source("scattered", "1 GiB over 8 layers, random 64 KiB extents", scattered),
    Source("zlib", "1 GiB of real files, zlib", compressed("zlib")),
    Source("zstd", "1 GiB of real files, zstd", compressed("zstd")),
    Source("files", "1 GiB of real files, raw", plain_files),
    Source("packed-chain", "1 GiB of real files, 3 zlib layers", compressed_chain),
    Source("sprinkled", "8 GiB disk, 100 layers of 64 random extents", sprinkled(8 * GIB, 64)),
    Source("sprinkled-wide", "1 TiB disk, 100 layers of 200 random extents", sprinkled(TIB, 200)),
    Source("giant", "8 TiB disk, 4 KiB per 512 MiB", sparse_giant),
    Source("small-clusters", "1 GiB of 4 KiB clusters in random order", small_clusters),
    Source("subclusters", "256 MiB, every second 2 KiB over a zlib base", subclusters),
    Source("near-empty", "900 layers, nearly empty", near_empty),
    Source("preallocated", "8 GiB disk, preallocated, 800 random extents", preallocated),
    Source("large", "4 GiB of random data, one layer", contiguous(4 * GIB)),
)}

# What grows, and the sources that differ in nothing else.
GROWTH = {
    "layers": {
        count: Source(f"layers-{count}", f"8 GiB disk, 3,000 extents in {count} layers",
                      sprinkled(8 * GIB, 3000 // count, count))
        for count in (1, 3, 10, 30, 100, 300, 1000)},
    "extents": {
        10 * count: Source(f"extents-{count}", f"64 GiB disk, 10 layers of {count} extents",
                           sprinkled(64 * GIB, count, 10))
        for count in (10, 30, 100, 300, 1000)},
    "GiB of disk": {
        size // GIB: Source(f"disk-{size // GIB}", f"{size // GIB} GiB disk, 16 extents",
                            nearly_empty_disk(size))
        for size in (GIB, 16 * GIB, 256 * GIB, 4 * TIB, 64 * TIB)},
}
ALL |= {source.name: source for sources in GROWTH.values() for source in sources.values()}
