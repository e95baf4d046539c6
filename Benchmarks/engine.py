"""What the engine costs: answers from a large store, and a clone beside its collapses."""

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import uuid
from pathlib import Path

import pages
from cases import Tools
from measure import measure
from server import Service

MACHINES, DISKS, SNAPSHOTS = 10_000, 5, 10
# A command, and how a running service is asked the same.
QUERIES = {
    "start alone (`--version`)": (("--version",), None),
    "`vm show`": (
        ("vm", "show", "vm5000", "--json"),
        "vms/{vm}?follow=disk_attachments.disk,nics,snapshots"),
    "`snapshot list`": (("snapshot", "list", "vm5000", "--json"), "vms/{vm}/snapshots"),
    "`snapshot show`, the configuration query": (
        ("snapshot", "show", "vm5000", "s5", "--json"),
        "vms/{vm}/snapshots/{snapshot}?all_content=true"),
}


class Engine:
    def __init__(self, image: str, folder: Path) -> None:
        self.vm, self.image = str(Path(image).with_name("clone-vm")), image
        self.folder = folder
        os.environ["CLONE_VM_STATE"] = str(folder / "state")

    def run(self, *words: str) -> str:
        return subprocess.run([self.vm, *words], check=True, capture_output=True, text=True).stdout

    def seconds(self, command: tuple[str, ...], rounds: int) -> float:
        return statistics.median(measure(command, 120).wall for _ in range(rounds))


def populate(engine: Engine) -> None:
    """One VM by the program itself, and copies of its rows under new ids."""
    (engine.folder / "domain").mkdir()
    engine.run("domain", "add", "domain", str(engine.folder / "domain"))
    engine.run("vm", "add", "model", "--nic", "nic1")
    for disk in range(DISKS):
        engine.run("disk", "add", "model", f"disk{disk}", "--domain", "domain", "--size", "1G")
    for snapshot in range(SNAPSHOTS):
        engine.run("snapshot", "create", "model", f"s{snapshot}")
    store = sqlite3.connect(engine.folder / "state" / "engine.sqlite")
    store.execute("PRAGMA synchronous = OFF")
    # Parents point forward while rows are copied.
    store.execute("PRAGMA foreign_keys = OFF")
    tables = ("virtualMachine", "networkInterface", "disk", "volume", "diskAttachment", "snapshot",
              "snapshotVolume")
    rows = {table: list(store.execute(f"SELECT * FROM {table}")) for table in tables}
    known = {value for table in tables for row in rows[table] for value in row
             if isinstance(value, str) and len(value) == 36}
    known -= {row[0] for row in store.execute("SELECT id FROM storageDomain")}
    for number in range(1, MACHINES):
        new = {old: str(uuid.uuid4()) for old in known}
        for table in tables:
            store.executemany(
                f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[table][0]))})",
                [[changed(value, new, number) for value in row] for row in rows[table]])
    store.commit()
    store.execute("ANALYZE")
    store.close()


def changed(value: object, new: dict[str, str], number: int) -> object:
    """The value that a copy has: other ids, names, paths and addresses."""
    if isinstance(value, int) and value >> 40 == 0x56:
        return value + number
    if not isinstance(value, str):
        return value
    if value == "model":
        return f"vm{number}"
    if value in new:
        return new[value]
    if "/images/" in value or value.startswith("<?xml"):
        for old, fresh in new.items():
            value = value.replace(old, fresh)
    return value


def answers(engine: Engine, rounds: int) -> str:
    """What whole runs of the program take, and what a running service takes for the same."""
    populate(engine)
    vm = json.loads(engine.run("vm", "show", "vm5000", "--json"))
    snapshot = next(s["id"] for s in vm["snapshots"] if s["description"] == "s5")
    service = Service(engine.vm, engine.folder / "state")
    try:
        served = [
            path and statistics.median(
                service.seconds(path.format(vm=vm["vm"]["id"], snapshot=snapshot), 100))
            for _, path in QUERIES.values()]
    finally:
        service.end()
    rows = []
    start = 0.0
    for (name, (words, _)), inside in zip(QUERIES.items(), served):
        took = engine.seconds((engine.vm, *words), rounds)
        start = start or took
        rows.append([name, f"{took * 1000:.1f}", f"{(took - start) * 1000:.1f}",
                     f"{inside * 1000:.1f}" if inside else ""])
    return pages.table(["query", "ms", "besides the start, ms", "of a running service, ms"], rows)


def disks(folder: Path) -> list[Path]:
    """Four chains of three layers, 256 MiB of data each."""
    noise = folder / "noise"
    noise.write_bytes(os.urandom(1 << 20))
    tops = []
    for disk in range(4):
        below: list[str] = []
        for layer in range(3):
            path = folder / f"disk{disk}layer{layer}"
            subprocess.run(
                ["qemu-img", "create", "-q", "-f", "qcow2", *below, path, "4G"], check=True)
            writes = [word for place in range(layer, 256, 3)
                      for word in ("-c", f"write -q -s {noise} {place * 9}M 1M")]
            subprocess.run(["qemu-io", "-t", "unsafe", "-f", "qcow2", *writes, path], check=True)
            below = ["-b", str(path), "-F", "qcow2"]
        tops.append(path)
    return tops


def clones(engine: Engine, rounds: int) -> str:
    """A clone of four disks against four collapses one after the other, and a clone of none."""
    tops = disks(engine.folder)
    engine.run("vm", "add", "empty")
    engine.run("snapshot", "create", "empty", "s", "--domain", "domain")
    engine.run("vm", "add", "full")
    for number, top in enumerate(tops):
        engine.run("disk", "adopt", "full", str(top), "--alias", f"d{number}")
    engine.run("snapshot", "create", "full", "s", "--domain", "domain")
    choices = [word for number in range(4)
               for word in ("--disk", f"d{number}:domain=domain,format=raw")]
    parts: list[float] = []
    wholes: list[float] = []
    for turn in range(rounds):
        parts.append(sum(collapsed(engine, top) for top in tops))
        wholes.append(cloned(engine, "full", f"clone{turn}", choices))
    nothing = [cloned(engine, "empty", f"nothing{turn}", []) for turn in range(rounds)]
    start = engine.seconds((engine.vm, "--version"), rounds)
    pairs = [whole / part for whole, part in zip(wholes, parts)]
    return pages.table(["what", "s"], [
        ["four collapses, one after the other", f"{statistics.median(parts):.3f}"],
        ["a clone of the four disks", f"{statistics.median(wholes):.3f}"],
        ["clone ÷ collapses, median of pairs", f"{statistics.median(pairs):.2f}"],
        ["a clone of a VM without disks", f"{statistics.median(nothing):.3f}"],
        ["of which the start of the program", f"{start:.3f}"]])


def collapsed(engine: Engine, top: Path) -> float:
    target = engine.folder / "collapsed"
    command = (engine.image, "collapse", "--quiet", str(top), str(target), "--format", "raw")
    took = measure(command, 120)
    target.unlink()
    os.sync()
    return took.wall


def cloned(engine: Engine, source: str, name: str, choices: list[str]) -> float:
    took = measure(
        (engine.vm, "clone", source, "--snapshot", "s", "--name", name, "--quiet", *choices), 120)
    engine.run("vm", "remove", name)
    os.sync()
    return took.wall


def run(tools: Tools, options: argparse.Namespace) -> None:
    """weigh the engine of clone-vm, at any --scale the same, in docs/performance.md"""
    place = Path(tempfile.mkdtemp(prefix="engine-", dir=options.cache))
    try:
        engine = Engine(tools.ours, place)
        for section, text in (("store", answers(engine, max(options.rounds, 9))),
                              ("clone", clones(engine, options.rounds))):
            pages.fill(pages.PERFORMANCE, section, text)
            print(text)
    finally:
        shutil.rmtree(place)
