"""Starts a clone, called slow, of myvm's snapshot of a name, of so many bytes a second."""

import os
import sys

import requests

snapshot_name, rate = sys.argv[1:]
session = requests.Session()
# What the environment says of authorities would go before ours.
session.trust_env = False
session.verify = os.environ["CA_FILE"]
session.auth = ("admin@internal", os.environ["PASSWORD"])
session.headers["Accept"] = "application/json"
url = os.environ["URL"]
vm = session.get(url + "/vms?search=name%3Dmyvm").json()["vm"][0]["id"]
snapshots = session.get(f"{url}/vms/{vm}/snapshots").json()["snapshot"]
wanted = [s["id"] for s in snapshots if s["description"] == snapshot_name]
wish = {"name": "slow", "cluster": {"name": "Default"},
        "snapshots": {"snapshot": [{"id": wanted[0]}]}}
reply = session.post(f"{url}/vms?bytes_per_second={rate}", json=wish)
assert reply.status_code == 202, reply.text
