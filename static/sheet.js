// A score sheet adds up while somebody types: groups, rates, the sum of the weights, the total and its grade.
// Everything is counted in whole hundredths, as rules/score.py does, which decides.
(function () {
  "use strict";

  const FULL = 10000; // hundredths
  const WEAK_PERCENT = 60;

  // Hundredths, or null when the text is no number of points.
  function hundredths(text) {
    const plain = text.replace(/[０-９．]/g, function (sign) { return String.fromCharCode(sign.charCodeAt(0) - 0xfee0); });
    const found = /^\+?(\d{0,6})(?:\.(\d*))?$/.exec(plain.trim().replace(/分$/, "").trim());
    if (!found || !(found[1] || found[2])) return null;
    const part = (found[2] || "").replace(/0+$/, "");
    const value = part.length > 2 ? NaN : Number(found[1] + part.padEnd(2, "0"));
    return value <= FULL ? value : null;
  }

  function points(value) {
    const part = value % 100;
    const whole = String((value - part) / 100);
    return part ? whole + "." + String(part).padStart(2, "0").replace(/0$/, "") : whole;
  }

  function rate(score, weight) {
    return score === null || weight <= 0 ? null : Math.floor((score * 200 + weight) / (weight * 2));
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_all, name) { return values[name]; });
  }

  function read(table) {
    return Array.from(table.querySelectorAll("[data-row]"), function (row) {
      function typed(name) { return row.querySelector("[name$='-" + name + "']").value; }
      return {
        row: row,
        code: typed("code").split(/\s+/).filter(Boolean).join(" "),
        weight: hundredths(typed("weight")),
        score: hundredths(typed("score")),
      };
    });
  }

  // The parent of a code is the longest other code it begins with.
  function parent(code, codes) {
    return codes
      .filter(function (other) { return other !== code && code.startsWith(other); })
      .reduce(function (longest, other) { return other.length > longest.length ? other : longest; }, "");
  }

  function sum(rows, name) {
    return rows.reduce(function (all, row) { return all + (row[name] || 0); }, 0);
  }

  function scored(rows) {
    return rows.every(function (row) { return row.score !== null; });
  }

  function tell(row, name, text) {
    const place = row.querySelector("[data-told='" + name + "']");
    if (place && place.textContent !== text) place.textContent = text;
  }

  function addUp(table) {
    const texts = JSON.parse(table.dataset.sums);
    const rows = read(table);
    const filled = rows.filter(function (row) { return row.code; });
    const codes = filled.map(function (row) { return row.code; });
    const groups = codes.map(function (code) { return parent(code, codes); });
    const leaves = filled.filter(function (row) { return !groups.includes(row.code); });
    rows.forEach(function (row) {
      const group = row.code && groups.includes(row.code);
      const under = group ? leaves.filter(function (leaf) { return leaf.code.startsWith(row.code); }) : [row];
      const weight = sum(under, "weight");
      const score = row.code && scored(under) ? sum(under, "score") : null;
      const percent = rate(score, weight);
      const over = !group && score !== null && score > weight;
      tell(row.row, "weight", group ? fill(texts.sum, { n: points(weight) }) : "");
      tell(row.row, "score", group ? fill(texts.sum, { n: score === null ? "—" : points(score) }) : "");
      tell(row.row, "over", over ? texts.over : "");
      tell(row.row, "rate", percent === null ? "" : percent + "%");
      tell(row.row, "weak", !group && score !== null && score * 100 < weight * WEAK_PERCENT ? texts.weak : "");
    });
    total(table, texts, leaves);
  }

  function total(table, texts, leaves) {
    const weight = sum(leaves, "weight");
    const reached = sum(leaves, "score");
    const known = leaves.length > 0 && scored(leaves) && reached <= FULL;
    const form = table.closest("form");
    function put(name, text) {
      form.querySelectorAll("[data-total='" + name + "']").forEach(function (place) {
        if (place.textContent !== text) place.textContent = text;
      });
    }
    const band = JSON.parse(table.dataset.bands).find(function (one) { return known && reached >= one[0]; });
    put("weight", points(weight));
    put("short", weight === FULL ? "" : fill(weight < FULL ? texts.less : texts.more, { n: points(Math.abs(FULL - weight)) }));
    put("score", points(reached));
    const percent = known ? rate(reached, weight) : null;
    put("rate", percent === null ? "" : percent + "%");
    put("total", known ? points(reached) : "—");
    put("grade", band ? band[1] : "—");
  }

  function all() { document.querySelectorAll("[data-sums]").forEach(addUp); }

  document.addEventListener("input", all);
  document.addEventListener("htmx:afterSettle", all);
  all();
})();
