"""What oVirt has not: a clone's plan, events as they happen, cancelling, progress, and metrics."""

import json
import os
import threading

import requests

session = requests.Session()
# What the environment says of authorities would go before ours.
session.trust_env = False
session.verify = os.environ["CA_FILE"]
url = os.environ["URL"]
base = url.removesuffix("/ovirt-engine/api")
form = {
    "grant_type": "password",
    "scope": "ovirt-app-api",
    "username": "admin@internal",
    "password": os.environ["PASSWORD"],
}
token = session.post(base + "/ovirt-engine/sso/oauth/token", data=form, timeout=60).json()
assert token["token_type"] == "bearer" and token["scope"] == "ovirt-app-api", token
session.headers.update(
    {"Authorization": "Bearer " + token["access_token"], "Accept": "application/json"}
)


def ask(method, path, document=None, status=200, **query):
    """One request, as JSON in both directions."""
    reply = session.request(method, f"{url}/{path}", json=document, params=query, timeout=60)
    assert reply.status_code == status, (path, reply.status_code, reply.text)
    return reply.json()


vm = ask("GET", "vms", search="name=myvm")["vm"][0]
assert vm["memory"] == "1073741824", vm["memory"]
snapshot = next(
    s for s in ask("GET", f"vms/{vm['id']}/snapshots")["snapshot"] if s["description"] == "mysnap"
)
wish = {
    "name": "slow",
    "cluster": {"name": "Default"},
    "snapshots": {"snapshot": [{"id": snapshot["id"]}]},
    "disk_attachments": {
        "disk_attachment": [
            {"disk": {"name": "data", "storage_domains": {"storage_domain": [{"name": "archive"}]}}}
        ]
    },
}

# The plan says what would be, and makes nothing.
plan = ask("POST", "vms/plan", wish)
assert {d["alias"] for d in plan["copied_disks"]["copied_disk"]} == {"data_slow", "system_slow"}
assert {d["name"] for d in plan["storage_domains"]["storage_domain"]} == {"archive", "fast"}
assert ask("GET", "vms", search="name=slow") == {"vm": []}

# Events and jobs are told while they happen.
seen = {"event": [], "job": []}
connected, cancelled = threading.Event(), threading.Event()


def listen():
    with session.get(f"{url}/events/stream", stream=True, timeout=60) as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        kind = None
        for line in stream.iter_lines(decode_unicode=True):
            connected.set()
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                seen[kind].append(json.loads(line.removeprefix("data: ")))
                if seen["job"] and seen["job"][-1]["status"] == "aborted":
                    cancelled.set()
                    return


listener = threading.Thread(target=listen, daemon=True)
listener.start()
assert connected.wait(30)
clone = ask("POST", "vms", wish, 202, bytes_per_second="20000", correlation_id="slow-1")
assert clone["status"] == "image_locked" and clone["creation_status"] == "pending"
job = ask("GET", "jobs", search="correlation_id=slow-1")["job"][0]
assert job["status"] == "started"
steps = ask("GET", f"jobs/{job['id']}/steps")["step"]
assert len(steps) == 2 and all(0 <= int(step["progress"]) <= 100 for step in steps)
assert ask("POST", f"jobs/{job['id']}/cancel", {}) == {"status": "complete"}
assert cancelled.wait(60), seen
assert ask("GET", f"jobs/{job['id']}")["status"] == "aborted"
assert session.get(f"{url}/vms/{clone['id']}", timeout=60).status_code == 404
codes = [event["code"] for event in seen["event"]]
assert "37" in codes, codes
assert [j["id"] for j in seen["job"]] == [job["id"]] * len(seen["job"])
assert len(seen["job"][0]["steps"]["step"]) == 2

# Requests are counted, by route.
metrics = session.get(base + "/metrics", timeout=60).text
assert 'http_route="/ovirt-engine/api/vms/{vm}/snapshots"' in metrics, metrics
assert "\nclone_vm_jobs_running 0\n" in metrics
assert session.get(base + "/health", timeout=60).text.startswith("DB Up!")

# A document that ends nowhere, and one that is no document.
for body, kind, status in ((b"<vm>" * 1000, "xml", 400), (b"x" * (2 << 20), "xml", 413)):
    headers = {"Content-Type": "application/" + kind}
    reply = session.post(f"{url}/vms", data=body, headers=headers, timeout=60)
    assert reply.status_code == status, reply.status_code
