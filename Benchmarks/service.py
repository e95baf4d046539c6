"""What the REST API costs, and what the pages cost, in a large store: asked by wrk."""

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
              *service.load("api/vms?search=name%3Dvm5000", folder, 1, 0)]]
    source = service.ask("vms?search=name%3Dfull")["vm"][0]["id"]
    snapshots = service.ask(f"vms/{source}/snapshots")["snapshot"]
    snapshot = next(s["id"] for s in snapshots if s["description"] == "s")
    for number in range(CLONES):
        service.ask("vms?bytes_per_second=4000000&check_space=false", {
            "name": f"busy{number}", "cluster": {"name": "Default"},
            "snapshots": {"snapshot": [{"id": snapshot}]}})
    for label, pause in (("asking every second", 1000), ("without a pause", 0)):
        found.append([f"`GET /vms/{{id}}`, {CONNECTIONS} clients {label}, {CLONES} clones at work",
                      *service.load(f"api/vms/{vm}", folder, CONNECTIONS, pause)])
    running = service.ask("jobs?search=status%3Dstarted")["job"]
    assert len(running) == CLONES, len(running)
    return found


def page_rows(service: Service, folder: Path) -> list[list[str]]:
    """Pages, each asked for by one client again and again."""
    source = service.ask("vms?search=name%3Dfull")["vm"][0]["id"]
    snapshots = service.ask(f"vms/{source}/snapshots")["snapshot"]
    snapshot = next(s["id"] for s in snapshots if s["description"] == "s")
    shown = {
        "VMs, the first of 201 pages": "vms", "VMs, the last page": "vms?page=201",
        "VMs, a search": "vms?search=name%3Dvm50*", "a VM's snapshots": f"vms/{source}/snapshots",
        "the clone dialog of four disks": f"vms/{source}/snapshots/{snapshot}/clone",
        "disks, the first of 1001 pages": "disks", "events": "events",
    }
    found = []
    for label, path in shown.items():
        path = "webadmin/" + path
        kilobytes = service.page_bytes(path) / 1000
        found.append([label, f"{kilobytes:.0f}", *service.load(path, folder, 1, 0)[1:]])
    return found


def run(tools: Tools, options: argparse.Namespace) -> None:
    """load the REST API and the pages of clone-vm, at any --scale the same, in docs/performance.md"""
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
            shown = pages.table(["page", "KB", "median, ms", "p99, ms"], page_rows(service, place))
            text = pages.table(["load", "requests/s", "median, ms", "p99, ms"], rows(service, place))
        finally:
            service.end()
        pages.fill(pages.PERFORMANCE, "service", text)
        pages.fill(pages.PERFORMANCE, "pages", shown)
        print(text, shown, sep="\n\n")
    finally:
        shutil.rmtree(place)
