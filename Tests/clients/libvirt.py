# Copyright the clone-image authors
# SPDX-License-Identifier: Apache-2.0
"""Clones a running VM of libvirt's by oVirt's SDK; starts and stops the clone, and plugs its disk `sda`
while it runs, by SDK and browser; and clones once more in the browser.

Told by the environment: URL of the server, CA_FILE, PASSWORD of admin@internal, LIBVIRT_URI.
The VM is `web01`.
"""

import os
import subprocess
import time

import ovirtsdk4.types as types
import requests
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
    plug_by_sdk(connection, clone)
    connection.close()


def guest_has(target):
    """Whether libvirt says that the running clone has a disk."""
    words = ["virsh", "--connect", os.environ["LIBVIRT_URI"], "--quiet", "domblklist", "web02"]
    output = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout
    return target in [line.split()[0] for line in output.splitlines() if line.strip()]


def plug_by_sdk(connection, clone):
    """By the SDK's update, and by the actions that it has no methods for."""
    attachments = clone.disk_attachments_service()
    disks = connection.system_service().disks_service()
    names = {a.id: disks.disk_service(a.disk.id).get().alias for a in attachments.list()}
    attachment = next(a for a in attachments.list() if names[a.id] == "sda")
    service = attachments.attachment_service(attachment.id)
    for active in (False, True):
        service.update(types.DiskAttachment(active=active))
        assert service.get().active is active
        assert guest_has("sda") is active
    session = requests.Session()
    session.trust_env = False
    path = f"{os.environ['URL']}/vms/{clone.get().id}/diskattachments/{attachment.id}"
    for action, active in (("deactivate", False), ("activate", True)):
        reply = session.post(
            f"{path}/{action}", data="<action/>", verify=os.environ["CA_FILE"], timeout=60,
            auth=("admin@internal", os.environ["PASSWORD"]),
            headers={"Content-Type": "application/xml"},
        )
        assert reply.status_code == 200, reply.text
        assert guest_has("sda") is active


def plug_by_browser(page):
    page.click("nav.tabs a:has-text('Disks')")
    for word, other, active in (("Unplug", "Plug", False), ("Plug", "Unplug", True)):
        page.click(f"button[aria-label='{word} sda']")
        expect(page.locator(f"button[aria-label='{other} sda']")).to_be_visible()
        assert guest_has("sda") is active


def clone_by_browser(page, root):
    page.goto(root + "/vms")
    page.click("td a:text-is('web01')")
    page.click("nav.tabs a:has-text('Snapshots')")
    page.click("td a:has-text('Clone')")
    page.fill("#name", "web03")
    page.click("button[value=clone]")
    expect(page.locator("#state").get_by_text("Finished")).to_be_visible()
    page.goto(root + "/vms")
    page.click("td a:text-is('web03')")
    page.click("button:has-text('Start')")
    expect(page.locator("a:has-text('Power off')")).to_be_visible()


def use_browser():
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
        plug_by_browser(page)
        page.click("a:has-text('Power off')")
        page.click("button:has-text('Power off web02')")
        expect(page.locator("button:has-text('Start')")).to_be_visible()
        page.click("button:has-text('Start')")
        expect(page.locator("a:has-text('Power off')")).to_be_visible()
        clone_by_browser(page, root)
        browser.close()


clone_by_sdk()
use_browser()
