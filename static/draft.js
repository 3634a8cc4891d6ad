// Keeps what is being written as a draft: ten seconds after a change, on leaving a field, on leaving the page.
// The server takes the fields of the form as they are; without script a form is sent as ever.
(function () {
  "use strict";

  const EVERY = 10000; // ms
  const SLOWEST = 4000; // ms a sending waits for its draft
  const LEAVING_AT_MOST = 60000; // bytes a browser sends on for a page that is gone: 64 KB
  const place = document.getElementById("discard-draft");
  if (!place || !window.fetch) return;
  const states = new WeakMap();
  const keys = new Set(); // of the forms somebody wrote into; one that comes back refused has its key still

  function stateOf(form) {
    if (!states.has(form)) states.set(form, { changed: false, touched: false, sent: false, pending: 0, timer: 0, last: Promise.resolve() });
    return states.get(form);
  }

  function draftOf(node) {
    const form = node && node.closest && node.closest("form");
    return form && form.querySelector("[data-draft]") ? form : null;
  }

  function fieldsOf(form) {
    const fields = new FormData();
    let size = 0;
    new FormData(form).forEach(function (value, name) {
      if (typeof value !== "string") return;
      fields.append(name, value);
      size += name.length + 3 * value.length + 100; // a Chinese character is three bytes, a part has its head
    });
    return { body: fields, small: size < LEAVING_AT_MOST };
  }

  function lineOf(form) {
    let line = form.querySelector(".draft-line");
    if (!line) {
      line = document.createElement("p");
      line.className = "hint draft-line";
      (form.querySelector(".formfoot") || form).appendChild(line);
    }
    return line;
  }

  // Read aloud the first time, and when it fails: not every ten seconds.
  function say(form, text, failed) {
    const state = stateOf(form);
    const line = lineOf(form);
    line.textContent = text;
    line.classList.toggle("err", failed);
    if (state.told === failed) return;
    state.told = failed;
    document.dispatchEvent(new CustomEvent("announce", { detail: { value: text } }));
  }

  function keep(form, leaving) {
    const state = stateOf(form);
    window.clearTimeout(state.timer);
    state.timer = 0;
    if (!state.changed || state.sent || !form.isConnected) return state.last;
    state.changed = false;
    const fields = fieldsOf(form);
    const action = new URL(form.getAttribute("action") || location.href, location.href).pathname;
    function send() {
      return fetch(place.dataset.keep + "?for=" + encodeURIComponent(action), {
        method: "POST", body: fields.body, credentials: "same-origin", keepalive: leaving && fields.small,
      });
    }
    // one after the other, or an older text could arrive last; a page that is going cannot wait
    state.last = (leaving ? send() : state.last.catch(function () {}).then(send)).then(function (answer) {
      return answer.text().then(function (text) {
        if (answer.status === 200) kept(form, text);
        else if (answer.status === 422) say(form, text, true);
        else if (answer.status !== 204) failed(form, answer.status >= 429);
      });
    }, function (error) {
      failed(form, true);
      throw error;
    });
    state.pending += 1;
    function over() { state.pending -= 1; }
    state.last.then(over, over); // that it failed is said beside the form
    return state.last;
  }

  function kept(form, text) {
    say(form, text, false);
    const offered = form.querySelector("[data-offered]"); // its draft is the present text now
    if (offered) offered.remove();
  }

  function failed(form, later) {
    const state = stateOf(form);
    say(form, document.body.dataset.unkeptText, true);
    state.changed = true;
    if (later && !state.timer) state.timer = window.setTimeout(keep, EVERY, form);
  }

  function touch(form) {
    const state = stateOf(form);
    state.changed = state.touched = true;
    state.sent = false;
    keys.add(keyOf(form));
    if (!state.timer) state.timer = window.setTimeout(keep, EVERY, form);
  }

  function keyOf(form) {
    const field = form.querySelector("[name=form_key]");
    return field ? field.value : "";
  }

  function all(act) {
    document.querySelectorAll("[data-draft]").forEach(function (mark) { if (mark.form) act(mark.form); });
  }

  ["input", "change"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      const form = draftOf(event.target);
      if (form) touch(form);
    });
  });
  document.addEventListener("focusout", function (event) {
    const form = draftOf(event.target);
    if (form && event.target.matches("input, select, textarea")) keep(form);
  });
  window.addEventListener("pagehide", function () { all(function (form) { keep(form, true); }); });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") all(function (form) { keep(form, true); });
  });

  // Before a form goes, its draft: if the network is gone, that is known while the page still stands.
  document.addEventListener("pf:sending", function (event) {
    const form = draftOf(event.target);
    if (!form) return;
    const state = stateOf(form);
    if (!state.touched) return;
    state.sent = false;
    state.changed = state.changed || !state.pending; // leaving the field has just sent it, as a rule
    const slow = new Promise(function (resolve) { window.setTimeout(resolve, SLOWEST); });
    event.detail.first.push(Promise.race([keep(form), slow]));
  });
  document.addEventListener("pf:sent", function (event) {
    const form = draftOf(event.target);
    if (form) stateOf(form).sent = true;
  });

  // An offer is not left in a part that is folded away.
  document.querySelectorAll("details .pf-draft").forEach(function (offer) { offer.closest("details").open = true; });

  // A part that came in place of what was being written is being written still.
  document.addEventListener("htmx:afterSettle", function () {
    all(function (form) { if (keys.has(keyOf(form)) && !stateOf(form).touched) touch(form); });
  });
})();
