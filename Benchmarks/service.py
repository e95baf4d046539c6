"""What the REST API costs: searches in a large store, and polling while clones run, by wrk."""

import argparse
import json
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

import engine
import pages
from cases import Tools

CLONES, CONNECTIONS, SECONDS = 8, 200, 10
PASSWORD = "of the benchmark"
# Clients of oVirt ask again after some seconds; here after one, more or less, so that not all ask at
# the same moment.
POLLING = """
wrk.headers["Authorization"] = "Bearer %s"
function delay() return %d * (0.5 + math.random()) end
"""


class Service:
    """A started server, with a token of its administrator."""

    def __init__(self, program: str, state: str) -> None:
        command = [program, "serve", "--plain-http", "--port", "0", "--json", "--log-level", "error",
                   "--state", state, "--at-end", "leave"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.base = json.loads(self.process.stdout.readline())["url"]
        form = {"grant_type": "password", "username": "admin@internal", "password": PASSWORD}
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.base + "ovirt-engine/sso/oauth/token", data)
        self.token = json.load(urllib.request.urlopen(request, timeout=60))["access_token"]

    def ask(self, path: str, document: object = None) -> dict:
        headers = {"Authorization": "Bearer " + self.token, "Accept": "application/json",
                   "Content-Type": "application/json"}
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(self.base + "ovirt-engine/api/" + path, data, headers)
        return json.load(urllib.request.urlopen(request, timeout=60))

    def load(self, path: str, folder: Path, connections: int, pause: int) -> list[str]:
        """Requests per second, and the times that 50 and 99 of 100 took at most, in ms."""
        script = folder / "poll.lua"
        script.write_text(POLLING % (self.token, pause))
        command = ["wrk", "--latency", "--threads", str(min(2, connections)),
                   "--connections", str(connections),
                   "--duration", f"{SECONDS}s", "--timeout", "10s", "--script", str(script),
                   self.base + "ovirt-engine/api/" + path]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert "Non-2xx" not in told, told
        rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
        times = re.findall(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)$", told, re.M)
        assert rate and len(times) == 2, told
        scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}
        return [rate[1], *(f"{float(value) * scale[unit]:.1f}" for _, value, unit in times)]

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


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
        secret = place / "password"
        secret.write_text(PASSWORD)
        store.run("user", "add", "admin@internal", "--password-file", str(secret))
        service = Service(store.vm, str(place / "state"))
        try:
            text = pages.table(["load", "requests/s", "median, ms", "p99, ms"], rows(service, place))
        finally:
            service.end()
        pages.fill(pages.PERFORMANCE, "service", text)
        print(text)
    finally:
        shutil.rmtree(place)
