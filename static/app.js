// The only script of ours. Every page works without it. ES2019: offices still run Chromium 90.
(function () {
  "use strict";

  const words = document.body.dataset;
  const BUSY_FOR_AT_MOST = 20000; // ms; a download answers a form without a new page

  function announce(text) {
    const line = document.getElementById("status");
    if (!line || !text) return;
    line.textContent = "";
    // Some readers are silent when the text is already there as the region is drawn.
    window.setTimeout(function () { line.textContent = text.trim().replace(/\s+/g, " "); }, 100);
  }

  function find(root, selector) {
    return root.matches && root.matches(selector) ? root : root.querySelector(selector);
  }

  // Where the reader goes on after a page or a part of it came.
  function takeFocus(root, swapped) {
    const goal = find(root, ".pf-errors") || find(root, "[data-focus]");
    if (goal) {
      if (!goal.hasAttribute("tabindex")) goal.setAttribute("tabindex", "-1");
      goal.focus();
    } else if (swapped && document.activeElement === document.body) {
      root.setAttribute("tabindex", "-1");
      root.focus({ preventScroll: true });
    }
    const news = find(root, "[data-announce]");
    if (news) announce(news.textContent);
  }

  function setBusy(form, button) {
    form.dataset.busy = "1";
    if (button && button.tagName === "BUTTON") {
      // aria-disabled, not disabled: a disabled button drops the focus and its own name and value
      button.setAttribute("aria-disabled", "true");
      button.dataset.label = button.textContent;
      button.textContent = words.busyText;
    }
    window.setTimeout(function () { setIdle(form); }, BUSY_FOR_AT_MOST);
  }

  function setIdle(form) {
    delete form.dataset.busy;
    form.querySelectorAll("button[data-label]").forEach(function (button) {
      button.removeAttribute("aria-disabled");
      button.textContent = button.dataset.label;
      delete button.dataset.label;
    });
  }

  function fail() {
    const banner = document.getElementById("failure");
    banner.textContent = words.failedText;
    banner.hidden = false;
  }

  // Capture phase: ahead of htmx, so that a second submit never reaches it.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if ((form.getAttribute("method") || "").toLowerCase() !== "post") return;
    if (form.dataset.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    setBusy(form, event.submitter);
  }, true);

  // Buttons that send by themselves, such as "add a row", raise no submit event.
  document.addEventListener("htmx:beforeRequest", function (event) {
    const sender = event.detail.elt;
    const form = sender.closest("form");
    if (!form || sender === form || event.detail.requestConfig.verb === "get") return;
    if (form.dataset.busy) event.preventDefault();
    else setBusy(form, sender);
  });

  document.addEventListener("htmx:afterRequest", function (event) {
    const form = event.detail.elt.closest("form");
    if (form) setIdle(form);
    if (event.detail.successful) document.getElementById("failure").hidden = true;
  });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, fail);
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    takeFocus(event.target, true);
    count(event.target);
  });
  document.addEventListener("announce", function (event) { announce(String(event.detail.value)); });

  // Back from the browser's page cache: the form is usable again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-busy]").forEach(setIdle);
  });

  // A link of the error summary leads into the field, not only to it.
  document.addEventListener("click", function (event) {
    const link = event.target.closest(".pf-errors a[href^='#'], .why a[href^='#']");
    const goal = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!goal) return;
    const field = goal.matches("input, select, textarea") ? goal : goal.querySelector("input, select, textarea");
    if (!field) return;
    event.preventDefault();
    (field.closest(".field, td") || field).scrollIntoView();
    field.focus({ preventScroll: true });
  });

  document.addEventListener("keydown", function (event) {
    const menu = document.querySelector(".pf-menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  function showLength(area) {
    const line = document.getElementById(area.id + "-count");
    if (line) line.textContent = line.dataset.text.replace("{used}", String(area.value.length));
  }
  function count(root) {
    root.querySelectorAll("textarea[data-max]").forEach(showLength);
  }
  document.addEventListener("input", function (event) {
    if (event.target.matches("textarea[data-max]")) showLength(event.target);
  });

  window.addEventListener("beforeprint", function () {
    const now = new Date();
    const local = new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString();
    document.querySelectorAll("[data-print-time]").forEach(function (place) {
      place.textContent = local.slice(0, 16).replace("T", " ");
    });
  });

  takeFocus(document.body, false);
  count(document.body);
})();
