// Amounts of money are echoed in yuan while they are typed, added up, and doubted when their unit seems wrong.
// What is written here the server writes as well: papers/kinds.py reads, rules/money.py doubts.
(function () {
  "use strict";

  const LARGEST = 1e15; // fen; whole numbers are exact up to nine times that
  const PLACES = { "": 2, "元": 2, "万": 6, "万元": 6, "亿": 10, "亿元": 10 };
  const AMOUNT = new RegExp(
    "^(?:人民币|¥)?:?[+]?(\\d{1,3}(?:,\\d{3}){1,6}|\\d{1,20})(?:\\.(\\d{1,10}))?" +
      "(?:(亿元?|万元?|元)整?|\\((亿元?|万元?|元)\\))?。?$",
  );
  const SLIP = 10000;
  const WIDTH = 5;

  // An amount in fen, or null. The point is moved in the text: no fraction is ever rounded.
  function fen(text) {
    const found = AMOUNT.exec(text.normalize("NFKC").replace(/[\s\u200b-\u200d\u2060\ufeff]/g, ""));
    if (!found) return null;
    const places = PLACES[found[3] || found[4] || ""];
    const part = (found[2] || "").replace(/0+$/, "");
    if (part.length > places) return null;
    const digits = (found[1].replace(/,/g, "") + part.padEnd(places, "0")).replace(/^0+(?=\d)/, "");
    return digits.length > 16 || Number(digits) > LARGEST ? null : Number(digits);
  }

  function yuan(amount) {
    const whole = String(Math.floor(amount / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
    return whole + "." + String(amount % 100).padStart(2, "0");
  }

  function exceeds(part, whole) {
    return part > 0 && whole > 0 && SLIP * whole <= part * WIDTH && part <= SLIP * whole * WIDTH;
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_all, name) { return values[name]; });
  }

  function other(id) {
    const field = document.getElementById(id);
    const label = document.querySelector("label[for='" + id + "']");
    return { amount: field ? fen(field.value) : null, label: label ? label.textContent.replace("*", "").trim() : "" };
  }

  // With what an amount should be of one size, when it is not.
  function doubted(field, amount) {
    const data = field.dataset;
    let against = null;
    if (data.beside) against = other(data.beside);
    else if (data.above) against = other(data.above);
    else if (data.known) against = { amount: Number(data.known), label: data.label };
    if (!against || amount === null || against.amount === null) return null;
    const slipped = exceeds(amount, against.amount) || (!data.above && exceeds(against.amount, amount));
    return slipped ? against : null;
  }

  function echo() {
    document.querySelectorAll(".echo").forEach(function (line) {
      const field = document.getElementById(line.id.slice(0, -"-echo".length));
      const doubt = document.getElementById(field.id + "-doubt");
      const amount = fen(field.value);
      const against = doubted(field, amount);
      line.textContent = amount === null ? "" : fill(line.dataset.text, { yuan: yuan(amount) });
      doubt.textContent = against
        ? fill(doubt.dataset.text, { label: against.label, yuan: yuan(against.amount) })
        : "";
    });
  }

  function addUp() {
    document.querySelectorAll("[data-sum-of]").forEach(function (cell) {
      const fields = cell.closest("[data-rows]").querySelectorAll("[name$='-" + cell.dataset.sumOf + "']");
      const amounts = Array.from(fields, function (field) { return fen(field.value); });
      const sum = amounts.reduce(function (all, one) { return all + (one || 0); }, 0);
      const like = other(cell.dataset.sumLike).amount;
      const texts = JSON.parse(cell.dataset.texts);
      const note = cell.querySelector(".hint");
      cell.querySelector("output").textContent = yuan(sum);
      const key = like === null || !sum ? "" : sum === like ? "same" : sum < like ? "less" : "more";
      note.textContent = key ? fill(texts[key], { yuan: yuan(Math.abs(like - sum)) }) : "";
      note.classList.toggle("err", key === "less" || key === "more");
    });
  }

  function all() {
    echo();
    addUp();
  }

  // The doubt is read out when the field is left, not at every key.
  document.addEventListener("change", function (event) {
    const doubt = document.getElementById(event.target.id + "-doubt");
    if (doubt && doubt.textContent) {
      document.dispatchEvent(new CustomEvent("announce", { detail: { value: doubt.textContent } }));
    }
  });
  document.addEventListener("input", all);
  document.addEventListener("htmx:afterSettle", all);
  addUp();
})();
