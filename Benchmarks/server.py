"""A running `clone-vm serve`, asked as its clients ask it."""

import http.client
import json
import re
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

SECONDS = 10
PASSWORD = "of the benchmark"
# Clients of oVirt ask again after some seconds; here after one, more or less, so that not all ask at
# the same moment.
POLLING = """
wrk.headers["Authorization"] = "Bearer %s"
wrk.headers["Cookie"] = "clone-vm=%s"
function delay() return %d * (0.5 + math.random()) end
"""


class Service:
    """A started server, with a token of its administrator, who is made for it."""

    def __init__(self, program: str, state: Path) -> None:
        secret = state / "password"
        secret.write_text(PASSWORD)
        subprocess.run([program, "user", "add", "admin@internal", "--password-file", str(secret),
                        "--state", str(state)], check=True, capture_output=True)
        command = [program, "serve", "--plain-http", "--port", "0", "--json", "--log-level", "error",
                   "--state", str(state), "--at-end", "leave"]
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

    def seconds(self, path: str, rounds: int) -> list[float]:
        """What each of several requests took, one after the other on one connection."""
        connection = http.client.HTTPConnection(self.base.split("/")[2], timeout=60)
        headers = {"Authorization": "Bearer " + self.token, "Accept": "application/json"}
        took = []
        for _ in range(rounds):
            start = time.monotonic()
            connection.request("GET", "/ovirt-engine/api/" + path, headers=headers)
            answer = connection.getresponse()
            said = answer.read()
            took.append(time.monotonic() - start)
            assert answer.status == 200, said
        connection.close()
        return took

    def load(self, path: str, folder: Path, connections: int, pause: int) -> list[str]:
        """Requests per second, and the times that 50 and 99 of 100 took at most, in ms."""
        script = folder / "poll.lua"
        script.write_text(POLLING % (self.token, self.token, pause))
        command = ["wrk", "--latency", "--threads", str(min(2, connections)),
                   "--connections", str(connections),
                   "--duration", f"{SECONDS}s", "--timeout", "10s", "--script", str(script),
                   self.base + "ovirt-engine/" + path]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert "Non-2xx" not in told, told
        rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
        times = re.findall(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)$", told, re.M)
        assert rate and len(times) == 2, told
        scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}
        return [rate[1], *(f"{float(value) * scale[unit]:.1f}" for _, value, unit in times)]

    def page_bytes(self, path: str) -> int:
        headers = {"Cookie": "clone-vm=" + self.token}
        request = urllib.request.Request(self.base + "ovirt-engine/" + path, headers=headers)
        return len(urllib.request.urlopen(request, timeout=60).read())

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
