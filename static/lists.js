// Lists: the filter is applied while somebody types, and rows are chosen. Without this both have buttons.
(function () {
  "use strict";

  // A word that is still being composed (pinyin) is none to search for. One input event follows when it is done.
  document.addEventListener("input", function (event) {
    if (event.isComposing && event.target.closest(".filters")) event.stopImmediatePropagation();
  }, true);
  document.addEventListener("compositionend", function (event) {
    const field = event.target;
    if (!field.closest(".filters")) return;
    window.setTimeout(function () { field.dispatchEvent(new Event("input", { bubbles: true })); }, 0);
  });

  function announce(text) {
    document.dispatchEvent(new CustomEvent("announce", { detail: { value: text } }));
  }

  function boxes(form) {
    return Array.from(form.querySelectorAll("input[name=row]"));
  }

  function show(form) {
    const bar = form.querySelector(".bulk");
    if (!bar) return;
    const all = boxes(form);
    const chosen = all.filter(function (box) { return box.checked; });
    all.forEach(function (box) { box.closest("tr").classList.toggle("sel", box.checked); });
    bar.hidden = chosen.length === 0;
    bar.classList.add("on");
    bar.firstElementChild.textContent = bar.dataset.chosenText.replace("{n}", String(chosen.length));
    const every = form.querySelector(".every");
    every.checked = chosen.length > 0 && chosen.length === all.length;
    every.indeterminate = chosen.length > 0 && !every.checked;
  }

  // What only script can do is put there by script: the box for all rows, the way to choose none.
  function equip(form) {
    const bar = form.querySelector(".bulk");
    if (!bar || form.querySelector(".every")) return;
    const every = document.createElement("input");
    every.type = "checkbox";
    every.className = "form-check-input every";
    every.setAttribute("aria-label", bar.dataset.everyText);
    const head = form.querySelector("th.ck");
    head.textContent = "";
    head.appendChild(every);
    const none = document.createElement("button");
    none.type = "button";
    none.className = "btn-text none";
    none.textContent = bar.dataset.noneText;
    bar.appendChild(none);
    show(form);
  }

  function choose(form, yes) {
    boxes(form).forEach(function (box) { box.checked = yes; });
    tell(form);
  }

  function tell(form) {
    show(form);
    announce(form.querySelector(".bulk").firstElementChild.textContent);
  }

  document.addEventListener("change", function (event) {
    const form = event.target.closest("form.choose");
    if (!form) return;
    if (event.target.classList.contains("every")) choose(form, event.target.checked);
    else if (event.target.name === "row") tell(form);
  });

  document.addEventListener("click", function (event) {
    const form = event.target.classList.contains("none") && event.target.closest("form.choose");
    if (!form) return;
    choose(form, false);
    form.querySelector(".every").focus(); // the button that had the focus is gone
  });

  function equipAll() {
    document.querySelectorAll("form.choose").forEach(equip);
  }
  equipAll();

  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.id !== "results") return;
    equipAll();
    const said = event.target.querySelector(".foot > span, .pf-empty .what");
    if (said) announce(said.textContent);
  });

  // Back from the browser's page cache or with boxes it remembered: bar and boxes agree again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form.choose").forEach(show);
  });
})();
