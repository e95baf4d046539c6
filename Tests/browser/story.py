# Copyright the clone-image authors
# SPDX-License-Identifier: Apache-2.0
"""What people do with the pages, in a real browser.

Told by the environment: SITE, the server's address, NAME and PASSWORD of an administrator, STRANGER of who may
do nothing, REFERENCE with what the disk `system` read as at the snapshot `before` of the VM `web`.
"""

import os
import re
import subprocess
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

URL = os.environ["SITE"].rstrip("/")
ROOT = URL + "/ovirt-engine/webadmin"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


class Visitor:
    """A browser's window, in which nothing may go wrong unnoticed."""

    def __init__(self, browser, user="NAME", **settings):
        settings = {"viewport": {"width": 1280, "height": 900}, **settings}
        self.context = browser.new_context(ignore_https_errors=True, **settings)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.faults = []
        self.expected = set()
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("console", self.listen)
        self.page.on("response", self.look)
        self.user = os.environ[user]

    def listen(self, message):
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def look(self, response):
        if not response.url.startswith(URL):
            self.faults.append(f"elsewhere: {response.url}")
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.url}")

    def log_in(self):
        self.page.goto(ROOT + "/vms")
        self.page.fill("#user", self.user)
        self.page.fill("#password", os.environ["PASSWORD"])
        self.page.click("button:has-text('Log in')")
        expect(self.page.locator("h1")).to_contain_text("Virtual machines")
        return self

    def open_dialog(self, snapshot="before"):
        self.page.goto(ROOT + "/vms?search=name%3Dweb")
        self.page.click("td a:text-is('web')")
        self.page.click("nav.tabs >> text=Snapshots")
        self.page.click(f"[aria-label='Clone a VM from snapshot {snapshot}']")
        expect(self.page.locator("h1")).to_have_text("Clone VM from snapshot")

    def field(self, disk, name):
        row = self.page.locator("fieldset.disk", has=self.page.locator(f"strong:text-is('{disk}')"))
        return row.locator(f"[name$='.{name}']")

    def close(self):
        assert not self.faults, self.faults
        self.context.close()


def disk_file(page, vm, disk):
    """Where a VM's disk lies, as its page says."""
    page.goto(f"{ROOT}/vms?search=name%3D{vm}")
    page.click(f"td a:text-is('{vm}')")
    page.click("nav.tabs >> text=Disks")
    page.click(f"td a:text-is('{disk}')")
    return page.locator("td[data-label=File] code").first.inner_text()


def logging_in(browser):
    visitor = Visitor(browser)
    visitor.expected = {401}
    page = visitor.page
    page.goto(ROOT + "/jobs")
    page.fill("#user", visitor.user)
    page.fill("#password", "not the password")
    page.click("button:has-text('Log in')")
    expect(page.get_by_role("alert")).to_contain_text("user name or password is incorrect")
    assert page.input_value("#password") == ""
    page.fill("#password", os.environ["PASSWORD"])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Jobs")
    assert page.url == ROOT + "/jobs", page.url
    visitor.close()


def the_whole_story(browser):
    """A snapshot is taken, another one cloned into another format and domain, and bars move."""
    visitor = Visitor(browser).log_in()
    visitor.expected = {400, 409}
    page = visitor.page
    page.click("td a:text-is('web')")
    page.click("text=Take snapshot")
    page.fill("#description", "in the browser")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("The snapshot was taken.")
    expect(page.locator("td a:text-is('in the browser')")).to_be_visible()

    visitor.open_dialog()
    expect(page.locator("#not-copied")).to_contain_text("gone: it has been deleted since.")
    expect(page.locator("#not-copied")).to_contain_text("shared: it is shareable")
    page.locator("#name").press_sequentially("web")
    expect(page.locator("#name-about")).to_contain_text("already in use")
    page.fill("#name", "copy")
    expect(page.locator("#name-about .error")).to_have_count(0)
    visitor.field("system", "domain").select_option(label="second")
    expect(page.locator("#plan")).to_contain_text("second")
    visitor.field("system", "format").select_option("cow")
    visitor.field("system", "allocation").select_option("preallocated")
    expect(page.locator(".disk-plan .error")).to_contain_text("incompatible")
    visitor.field("system", "format").select_option("raw")
    visitor.field("system", "allocation").select_option("sparse")
    expect(page.locator(".disk-plan .error")).to_have_count(0)
    page.fill("#rate", "4")
    page.click("button:text-is('Clone')")
    expect(page.locator("h1")).to_contain_text("Creating VM copy from Snapshot before")

    seen = []
    while "Finished" not in page.locator("#state").inner_text():
        seen.append(int(page.locator(".total progress").get_attribute("value")))
        assert len(seen) < 300, seen
        time.sleep(0.1)
    assert seen == sorted(seen), seen
    assert len(set(seen)) > 3, f"the bar did not move: {seen}"
    expect(page.locator(".total .words")).to_contain_text("100 %")
    expect(page.locator("#content")).to_contain_text("VM copy creation has been completed.")
    page.click("text=Open copy")
    expect(page.locator("#state")).to_have_text("Down")
    page.click("nav.tabs >> text=Disks")
    expect(page.locator("#content")).to_contain_text("Raw, Thin Provision")
    path = disk_file(page, "copy", "system_copy")
    subprocess.run(["qemu-img", "compare", "-fraw", "-Fraw", path, os.environ["REFERENCE"]], check=True)
    visitor.close()


def watching(browser):
    """A list moves while somebody else works; reloading shows the same; cancelling leaves nothing."""
    visitor, other = Visitor(browser).log_in(), Visitor(browser).log_in()
    page = visitor.page
    visitor.open_dialog()
    page.fill("#name", "half")
    page.fill("#rate", "1")
    page.keyboard.press("Enter")
    expect(page.locator(".total progress")).to_be_visible()
    row = other.page.locator("tr", has=other.page.locator("a:text-is('half')"))
    expect(row).to_contain_text("Image Locked")
    other.page.goto(ROOT + "/events")
    expect(other.page.locator("#content")).to_contain_text("VM half creation was initiated")
    expect(page.locator(".total .words")).not_to_contain_text("0 % ·")
    before = int(page.locator(".total progress").get_attribute("value"))
    page.reload()
    assert int(page.locator(".total progress").get_attribute("value")) >= before
    assert "/s" in page.locator(".steps .note").first.inner_text()
    page.click("#cancel")
    expect(page.locator("#state")).to_have_text("Cancelled")
    expect(other.page.locator("#content")).to_contain_text("VM half creation was cancelled")
    page.goto(ROOT + "/vms?search=name%3Dhalf")
    expect(page.locator("#content")).to_contain_text("No virtual machine is found.")
    visitor.close()
    other.close()


def mistakes(browser):
    visitor = Visitor(browser).log_in()
    visitor.expected = {400, 409}
    page = visitor.page
    visitor.open_dialog()
    page.click("button:text-is('Clone')")
    expect(page.locator("#name-about")).to_contain_text("Can not add VM. The given name is empty.")
    page.fill("#name", "two words")
    visitor.field("system", "alias").fill("a/b")
    page.select_option("#shared", "refuse")
    page.click("button:text-is('Clone')")
    expect(page.locator("#name-about")).to_contain_text("contains characters other than")
    expect(page.locator(".disk-plan .error")).to_contain_text("contains characters other than")
    expect(page.locator("#shared-about")).to_contain_text("Disk shared is shared")
    assert page.input_value("#name") == "two words"
    assert visitor.field("system", "alias").input_value() == "a/b"
    assert page.input_value("#shared") == "refuse"
    expect(page.locator("#name")).to_be_focused()
    expect(visitor.field("system", "alias")).to_have_attribute("aria-invalid", "true")
    page.select_option("#shared", "omit")
    expect(page.locator("#shared-about .error")).to_have_count(0)
    expect(page.locator("#shared")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("[data-field=shared].wrong")).to_have_count(0)
    visitor.close()


def a_stranger(browser):
    """Who has no permission sees nothing, wherever he goes."""
    visitor = Visitor(browser, "STRANGER").log_in()
    visitor.expected = {403, 404}
    page, owner = visitor.page, Visitor(browser).log_in()
    expect(page.locator("#content")).to_contain_text("No virtual machine is found.")
    expect(page.locator("nav.sections")).not_to_contain_text("Users")
    owner.open_dialog()
    page.goto(owner.page.url)
    expect(page.locator("h1")).to_have_text("Not found")
    page.goto(ROOT + "/users")
    expect(page.locator("h1")).to_have_text("Not allowed")
    owner.close()
    visitor.close()


def without_scripts(browser):
    visitor = Visitor(browser, java_script_enabled=False).log_in()
    page = visitor.page
    visitor.open_dialog()
    page.fill("#name", "plain")
    visitor.field("system", "format").select_option("raw")
    visitor.field("system", "domain").select_option(label="second")
    page.click("text=Update plan")
    assert page.input_value("#name") == "plain"
    expect(page.locator("#plan td[data-label=Domain]")).to_have_text("second")
    page.click("button:text-is('Clone')")
    # The page fetches itself again until the job has ended.
    expect(page.locator("#state")).to_have_text("Finished")
    page.click("text=Open plain")
    expect(page.locator("#state")).to_have_text("Down")
    visitor.close()


def the_end_of_a_session(browser):
    """A page that is watched notices that its session has ended, and leads to the login and back."""
    visitor = Visitor(browser).log_in()
    visitor.expected = {401}
    page = visitor.page
    page.goto(ROOT + "/events")
    second = visitor.context.new_page()
    second.goto(ROOT + "/vms")
    second.click("text=Log out")
    expect(page.locator("h1")).to_have_text("Log in")
    visitor.close()


FOCUS = """() => { const at = document.activeElement, look = getComputedStyle(at);
    const named = at.labels?.length || at.ariaLabel || at.textContent.trim();
    return named && look.outlineStyle === "solid" ? "" : at.outerHTML; }"""


def reach(page, selector):
    """Goes on by the keyboard to a place; wherever one comes by has a name and can be seen."""
    for _ in range(80):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS) == "", page.evaluate(FOCUS)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def by_keyboard(browser):
    visitor = Visitor(browser).log_in()
    page = visitor.page
    page.goto(ROOT + "/vms")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    visitor.open_dialog()
    reach(page, "#name")
    page.keyboard.type("typed")
    reach(page, "[name$='.format']")
    page.keyboard.type("Raw")
    reach(page, "#rate")
    page.keyboard.type("1")
    reach(page, "button[value=clone]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Creating VM typed from Snapshot before")
    reach(page, "#cancel")
    page.keyboard.press("Space")
    expect(page.locator("#state")).to_have_text("Cancelled")
    visitor.close()


def looks(browser):
    """Every page, light and dark, wide and narrow: nothing that axe objects to, nothing cut off."""
    visitor = Visitor(browser).log_in()
    page = visitor.page
    page.click("td a:text-is('web')")
    vm = page.url
    visitor.open_dialog()
    dialog = page.url
    page.goto(ROOT + "/disks")
    disk = page.locator("td a:text-is('system')").first.get_attribute("href")
    page.goto(ROOT + "/jobs")
    job = page.locator("td a").first.get_attribute("href")
    places = [ROOT + name for name in ("/vms", "/disks", "/domains", "/jobs", "/events", "/users",
              "/vms/new", "/domains/new", "/users/new", "/account", "/users/admin@internal")]
    places += [vm + name for name in ("", "/disks", "/snapshots", "/network", "/events", "/remove",
               "/snapshots/new", "/disks/new", "/disks/adopt", "/disks/attach", "/network/new")]
    places += [dialog, dialog.removesuffix("/clone"), URL + disk, URL + job, ROOT + "/nothing"]
    visitor.expected = {404}
    findings = []
    for scheme, width in (("light", 1280), ("dark", 400)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        for place in places + [ROOT + "/login"]:
            page.goto(place)
            name = place.removeprefix(ROOT)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                findings.append(f"{name} is wider than {width}")
            for violation in Axe().run(page).response["violations"]:
                nodes = [node["html"][:160] for node in violation["nodes"][:3]]
                findings.append(f"{name}, {scheme}, {width}: {violation['id']}: {nodes}")
    assert not findings, "\n".join(findings)
    visitor.close()


STORIES = [logging_in, the_whole_story, watching, mistakes, a_stranger, without_scripts,
           the_end_of_a_session, by_keyboard, looks]


def main():
    wanted = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            for story in STORIES:
                if wanted and story.__name__ not in wanted:
                    continue
                start = time.monotonic()
                story(browser)
                print(f"{story.__name__}: {time.monotonic() - start:.1f} s", flush=True)
        finally:
            browser.close()


main()
