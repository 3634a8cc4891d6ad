// What every page does by script; each works without it. ES2019: offices still run Chromium 90.
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
    const goal = find(root, ".pf-errors") || find(root, "[data-focus]") || (swapped && lost && sameAs(root, lost));
    if (goal && (!swapped || document.activeElement === document.body || goal.matches(".pf-errors, [data-focus]"))) {
      if (!goal.matches("a, button, input, select, textarea, [tabindex]")) goal.setAttribute("tabindex", "-1");
      goal.focus();
    } else if (swapped && document.activeElement === document.body) {
      root.setAttribute("tabindex", "-1");
      root.focus({ preventScroll: true });
    }
    lost = null;
    tellNews(root);
  }

  function tellNews(root) {
    const news = find(root, "[data-announce]");
    if (news) announce(news.textContent);
  }

  // A part is replaced under somebody's hands: what he held is found again by its name and value.
  let lost = null;
  function sameAs(root, held) {
    return Array.from(root.querySelectorAll(held.tag)).find(function (one) {
      return one.name === held.name && (held.tag !== "BUTTON" || one.value === held.value) && !one.hidden;
    });
  }
  document.addEventListener("htmx:beforeSwap", function (event) {
    const held = document.activeElement;
    const inside = held && held.name && event.detail.target.contains(held);
    lost = inside ? { tag: held.tagName, name: held.name, value: held.value } : null;
  });

  function setBusy(form, button) {
    form.dataset.busy = "1";
    if (button && button.tagName === "BUTTON" && !button.dataset.busy) {
      // aria-disabled, not disabled: a disabled button drops the focus and its own name and value
      button.setAttribute("aria-disabled", "true");
      button.dataset.busy = "1";
      labels.set(button, Array.from(button.childNodes));
      button.textContent = words.busyText;
    }
    // data-patient: its answer may take long, and is given once
    if (!form.hasAttribute("data-patient")) window.setTimeout(function () { setIdle(form); }, BUSY_FOR_AT_MOST);
  }

  const labels = new WeakMap();
  function setIdle(form) {
    delete form.dataset.busy;
    Array.from(form.elements).filter(function (one) { return labels.has(one); }).forEach(function (button) {
      button.removeAttribute("aria-disabled");
      delete button.dataset.busy;
      button.textContent = "";
      labels.get(button).forEach(function (node) { button.appendChild(node); });
      labels.delete(button);
    });
  }

  function fail() {
    const banner = document.getElementById("failure");
    banner.textContent = words.failedText;
    banner.hidden = false;
  }

  function tell(name, form) {
    const event = new CustomEvent(name, { bubbles: true, detail: { first: [] } });
    form.dispatchEvent(event);
    return event.detail.first;
  }

  // Capture phase: ahead of htmx, so that a second submit never reaches it.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    const button = event.submitter;
    const method = (button && button.getAttribute("formmethod")) || form.getAttribute("method") || "";
    if (method.toLowerCase() !== "post") return;
    if (form.dataset.ready) {
      delete form.dataset.ready;
      return;
    }
    if (form.dataset.busy) {
      stop(event);
      return;
    }
    if (navigator.onLine === false) {
      stop(event);
      fail();
      return;
    }
    document.getElementById("failure").hidden = true;
    setBusy(form, button);
    const first = tell("pf:sending", form);
    if (!first.length) return;
    stop(event);
    Promise.all(first).then(function () { again(form, button); }, function () {
      setIdle(form);
      fail();
    });
  }, true);

  function stop(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function again(form, button) {
    if (!form.isConnected) return;
    form.dataset.ready = "1";
    form.requestSubmit(button || undefined);
  }

  // Behind everybody who may still say no.
  window.addEventListener("submit", function (event) {
    const form = event.target;
    if (event.defaultPrevented) {
      if (form.dataset.busy && !form.hasAttribute("hx-post")) setIdle(form); // somebody asks first
      return;
    }
    if (!form.dataset.busy) return;
    tell("pf:sent", form);
    if (hasFiles(form)) upload(event, form);
  });

  // ---- files: the same form with the same answer, only that one sees how far it is

  function hasFiles(form) {
    return window.htmx && Array.from(form.querySelectorAll("input[type=file]")).some(function (one) {
      return one.files.length > 0;
    });
  }

  function upload(event, form) {
    const button = event.submitter;
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", words.sendingText);
    bar.max = 100;
    (form.querySelector(".formfoot") || form).appendChild(bar);
    function move(progress) {
      if (progress.detail.lengthComputable && progress.detail.total > 0) bar.value = 100 * progress.detail.loaded / progress.detail.total;
    }
    form.addEventListener("htmx:xhr:progress", move);
    event.preventDefault();
    const values = button && button.name ? { [button.name]: button.value } : {};
    const done = function () {
      form.removeEventListener("htmx:xhr:progress", move);
      bar.remove();
      setIdle(form);
    };
    window.htmx.ajax("POST", (button && button.getAttribute("formaction")) || form.getAttribute("action") || location.pathname, {
      source: form, target: "#page", select: "#page", swap: "outerHTML show:window:top", values: values,
      headers: { "X-Whole-Page": "1" },
    }).then(done, done);
  }

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
    const part = event.target;
    if (part.id === "menu") showUnread(part);
    else if (part.id === "notices") tellNews(part);
    else if (part.id !== "print-note") takeFocus(part, true);
    count(part);
  });
  document.addEventListener("announce", function (event) { announce(String(event.detail.value)); });

  // The count in the top bar is the menu's.
  function showUnread(menu) {
    const place = document.getElementById("messages-count");
    if (place) place.textContent = menu.dataset.unread;
  }

  // htmx keeps the present address in the browser; nothing of ours is left there.
  function leaveNothing() { window.sessionStorage.removeItem("htmx-current-path-for-history"); }
  ["htmx:pushedIntoHistory", "htmx:replacedInHistory"].forEach(function (name) {
    document.addEventListener(name, leaveNothing);
  });
  leaveNothing();

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
