"""What the REST API costs: searches in a large store, and polling while clones run, by wrk."""

import argparse
import shutil
import tempfile
from pathlib import Path

import engine
import pages
from cases import Tools
from server import Service

CLONES, CONNECTIONS = 8, 200


def rows(service: Service, folder: Path) -> list[list[str]]:
    """The loads, one after the other; clones are slow enough to run until the end."""
    names = service.ask("vms?search=name%3Dvm5000")["vm"]
    vm = names[0]["id"]
    found = [["`GET /vms?search=name%3Dvm5000`, one client without a pause",
              *service.load("vms?search=name%3Dvm5000", folder, 1, 0)]]
    source = service.ask("vms?search=name%3Dfull")["vm"][0]["id"]
    snapshots = service.ask(f"vms/{source}/snapshots")["snapshot"]
    snapshot = next(s["id"] for s in snapshots if s["description"] == "s")
    for number in range(CLONES):
        service.ask("vms?bytes_per_second=4000000&check_space=false", {
            "name": f"busy{number}", "cluster": {"name": "Default"},
            "snapshots": {"snapshot": [{"id": snapshot}]}})
    for label, pause in (("asking every second", 1000), ("without a pause", 0)):
        found.append([f"`GET /vms/{{id}}`, {CONNECTIONS} clients {label}, {CLONES} clones at work",
                      *service.load(f"vms/{vm}", folder, CONNECTIONS, pause)])
    running = service.ask("jobs?search=status%3Dstarted")["job"]
    assert len(running) == CLONES, len(running)
    return found


def run(tools: Tools, options: argparse.Namespace) -> None:
    """load the REST API of clone-vm, at any --scale the same, in docs/performance.md"""
    place = Path(tempfile.mkdtemp(prefix="service-", dir=options.cache))
    try:
        store = engine.Engine(tools.ours, place)
        engine.populate(store)
        store.run("vm", "add", "full")
        for number, top in enumerate(engine.disks(place)):
            store.run("disk", "adopt", "full", str(top), "--alias", f"d{number}")
        store.run("snapshot", "create", "full", "s", "--domain", "domain")
        service = Service(store.vm, place / "state")
        try:
            text = pages.table(["load", "requests/s", "median, ms", "p99, ms"], rows(service, place))
        finally:
            service.end()
        pages.fill(pages.PERFORMANCE, "service", text)
        print(text)
    finally:
        shutil.rmtree(place)
