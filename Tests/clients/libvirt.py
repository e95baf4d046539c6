# Copyright the clone-image authors
# SPDX-License-Identifier: Apache-2.0
"""Clones a running VM of libvirt's by oVirt's SDK, and starts and stops the clone by SDK and browser.

Told by the environment: URL of the server, CA_FILE, PASSWORD of admin@internal. The VM is `web01`.
"""

import os
import time

import ovirtsdk4.types as types
from connection import connect
from playwright.sync_api import expect, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PATIENCE_SECONDS = 60


def status_becomes(vm, wanted):
    """Waits for a VM's status."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (status := vm.get().status) != wanted:
        assert time.monotonic() < end, f"{status} is not {wanted}"
        time.sleep(0.2)


def clone_by_sdk():
    connection = connect()
    vms = connection.system_service().vms_service()
    source = vms.list(search="name=web01")[0]
    assert source.status == types.VmStatus.UP
    snapshots = vms.vm_service(source.id).snapshots_service()
    snapshots.add(types.Snapshot(description="live", persist_memorystate=False))
    names = {snapshot.description: snapshot.id for snapshot in snapshots.list()}
    wish = types.Vm(name="web02", cluster=types.Cluster(name="Default"),
                    snapshots=[types.Snapshot(id=names["live"])])
    clone = vms.vm_service(vms.add(wish).id)
    status_becomes(clone, types.VmStatus.DOWN)
    clone.start()
    status_becomes(clone, types.VmStatus.UP)
    assert vms.vm_service(source.id).get().status == types.VmStatus.UP
    connection.close()


def stop_by_browser():
    root = os.environ["URL"].removesuffix("/api") + "/webadmin"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        expect.set_options(timeout=PATIENCE_SECONDS * 1000)
        page.goto(root + "/vms")
        page.fill("#user", "admin@internal")
        page.fill("#password", os.environ["PASSWORD"])
        page.click("button:has-text('Log in')")
        page.click("td a:text-is('web02')")
        page.click("button:has-text('Power off')")
        expect(page.locator("button:has-text('Start')")).to_be_visible()
        page.click("button:has-text('Start')")
        expect(page.locator("button:has-text('Power off')")).to_be_visible()
        browser.close()


clone_by_sdk()
stop_by_browser()
