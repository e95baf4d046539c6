// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

// All pages work without this file. With it they follow what happens, and say what a form would
// come to while it is filled in.
"use strict";

/** Puts the parts of another version of this page that bear a mark in the place of those here. */
function take(html, mark) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll(`[${mark}][id]`)) {
    const other = page.getElementById(part.id);
    if (!other || part.innerHTML === other.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    part.replaceChildren(...other.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
  for (const field of document.querySelectorAll(`form:has([${mark}]) [id]:is(input, select)`)) {
    const other = page.getElementById(field.id);
    if (other) judge(field, other.hasAttribute("aria-invalid"));
  }
  reach();
}

/** Marks a field as wrong or right. */
function judge(field, isWrong) {
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  field.closest(".field")?.classList.toggle("wrong", isWrong);
}

/** Lets the keyboard reach what has to be scrolled to be seen. */
function reach() {
  for (const part of document.querySelectorAll(".scroll")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}

/** Follows the page's changes; the server sends them as they happen. */
function follow(path) {
  const lost = document.getElementById("connection");
  const source = new EventSource(path);
  source.addEventListener("open", () => { lost.hidden = true; });
  source.addEventListener("error", () => { lost.hidden = false; });
  source.addEventListener("page", (event) => {
    if (event.data) take(event.data, "data-live");
  });
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });
  addEventListener("pagehide", () => source.close());
}

/** Calls a function when nothing has happened for a while. */
function calmly(milliseconds, body) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(body, milliseconds);
  };
}

/** Says beside a field what the server thinks of its value. */
function check(input) {
  const about = document.getElementById(`${input.id}-about`);
  const hints = [...about.querySelectorAll(".hint")];
  let count = 0;
  const ask = calmly(250, async () => {
    const mine = ++count;
    const path = `${input.dataset.check}?name=${encodeURIComponent(input.value.trim())}`;
    const response = await fetch(path, { headers: { Accept: "application/json" } });
    if (!response.ok || mine !== count) return;
    const { problem } = await response.json();
    const words = document.createElement("p");
    words.className = "error";
    words.textContent = problem;
    about.replaceChildren(...(problem ? [words] : []), ...hints);
    judge(input, problem !== "");
  });
  input.addEventListener("input", ask);
}

/** Keeps a dialog's plan true to its form. */
function preview(form) {
  let latest = 0;
  const update = calmly(200, async () => {
    const mine = ++latest;
    const body = new URLSearchParams(new FormData(form));
    body.set("action", "plan");
    form.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.getAttribute("action"), { method: "POST", body });
      const text = await response.text();
      if (response.ok && mine === latest) take(text, "data-plan");
      if (response.status === 401) location.reload();
    } finally {
      if (mine === latest) form.removeAttribute("aria-busy");
    }
  });
  form.addEventListener("change", update);
  for (const button of form.querySelectorAll("button[value=plan]")) button.hidden = true;
  form.addEventListener("submit", () => { latest++; });
}

/** Shows what a disk is called when nothing else is said. */
function suggest(name) {
  const ending = () => `_${name.value.trim() || "NAME"}`;
  const fields = [...document.querySelectorAll("input[placeholder]")].filter((field) =>
    field.name.endsWith(".alias") && field.placeholder.endsWith(ending()));
  const stems = fields.map((field) => field.placeholder.slice(0, -ending().length));
  name.addEventListener("input", () => {
    fields.forEach((field, index) => { field.placeholder = stems[index] + ending(); });
  });
}

reach();
addEventListener("resize", reach);
const path = document.body.dataset.livePath;
if (path) follow(path);
document.querySelectorAll("input[data-check]").forEach(check);
document.querySelectorAll("form[data-preview]").forEach(preview);
const name = document.querySelector("form[data-preview] #name");
if (name) suggest(name);
