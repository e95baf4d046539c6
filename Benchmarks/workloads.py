"""The workloads: which source, where it lies, what is made of it, and the least ratios wanted."""

from dataclasses import dataclass

import sources
from cases import CODEC_ALONE, COPY, DIRECT_PEER, DURABLE_COPY, SHARED_COPY
from cases import Case, Collapse, DeviceCollapse, DurableCollapse, Goal, Query
from places import BTRFS, COLD, DEVICE, FOLDER, XFS
from sources import Source


@dataclass(frozen=True)
class Workload:
    name: str
    source: Source
    cases: tuple[Case, ...]
    place: str = FOLDER

    @property
    def title(self) -> str:
        return self.source.title if self.place == FOLDER else f"{self.source.title}; {self.place}"


def both(*goals: Goal, limits: tuple[str, ...] = (COPY,)) -> tuple[Case, ...]:
    return Collapse("raw", goals, limits), Collapse("qcow2", goals, limits)


def raw(least: float, limits: tuple[str, ...] = (COPY,)) -> tuple[Case, ...]:
    return (Collapse("raw", (Goal(least),), limits),)


def packed(codec: str, least: float, largest: float | None = None) -> Case:
    return Collapse("qcow2", (Goal(least),), codec=codec, largest=largest)


def durable(least: float) -> tuple[Case, ...]:
    return (DurableCollapse("raw", (Goal(least, (DIRECT_PEER,)),), (DURABLE_COPY,)),)


def workload(name: str, source: str, *cases: Case, place: str = FOLDER) -> Workload:
    return Workload(name, sources.ALL[source], cases, place)


def shared(place: str) -> tuple[Workload, Workload]:
    """On a file system where blocks can be shared; `-C` asks the kernel for that."""
    alone = both(Goal(8, ("plain", "-W")), Goal(1.3, ("-C",)), limits=(SHARED_COPY,))
    chain = both(Goal(2.5), limits=(SHARED_COPY,))
    return (workload("W13", "contiguous", *alone, place=place),
            workload("W13", "scattered", *chain, place=place))


ALL = (
    workload("W1", "contiguous", *both(Goal(1.2), Goal(1, (COPY,)))),
    workload("W2", "scattered", *both(Goal(2.3))),
    workload("W3", "zlib", *raw(2.2, (COPY, CODEC_ALONE))),
    workload("W4", "zstd", *raw(1.6, (COPY, CODEC_ALONE))),
    workload("W5", "files", packed("zlib", 5, 1.06), packed("zstd", 1.5)),
    workload("W6", "packed-chain", packed("zlib", 40)),
    workload("W7", "sprinkled", *raw(12)),
    workload("W8", "sprinkled-wide", *both(Goal(25))),
    workload("W9", "giant", *both(Goal(30))),
    workload("W10", "small-clusters", *raw(8)),
    workload("W11", "subclusters", *raw(15)),
    workload("W12", "near-empty", *raw(100)),
    *shared(XFS),
    *shared(BTRFS),
    workload("W14", "sprinkled-wide", Query("map", (Goal(30, ("plain",)),))),
    workload("W15", "contiguous", *durable(1)),
    workload("W15", "scattered", *durable(1.3)),
    workload("W15", "zlib", *durable(1)),
    workload("W16", "contiguous", DeviceCollapse("raw", (Goal(1.1),), ()), place=DEVICE),
    workload("W16", "sprinkled", DeviceCollapse("raw", (Goal(1.1),), ()), place=DEVICE),
    workload("W17", "contiguous", Query("info", (Goal(1.2, ("plain",)),), starts=50)),
    workload("W18", "preallocated", *both(Goal(1.2))),
    workload("W19", "contiguous", *raw(1, ()), place=COLD),
    workload("W19", "scattered", *both(Goal(1.2), limits=()), place=COLD),
    workload("W19", "zlib", *raw(1.5, ()), place=COLD),
    workload("W19", "sprinkled", *raw(2, ()), place=COLD),
)
