// Rows of a form: added, removed, moved, pasted and walked through without asking the server, so that nothing
// typed meanwhile is lost. The buttons and names are those of the server (web/rows.py), which does the same.
(function () {
  "use strict";

  const FIELDS = "input, select, textarea";
  const TYPED = "input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=file]), textarea";
  const NUMBERED = ["id", "name", "for", "aria-describedby", "aria-labelledby", "value"];
  const kept = new WeakMap(); // what a table held before the last paste or removal

  function list(name) { return document.querySelector("[data-rows='" + name + "']"); }
  function listOf(node) { return node.closest("[data-rows]"); }
  function rowsOf(table) { return Array.from(table.querySelectorAll("[data-row]")); }
  function typedIn(row) { return Array.from(row.querySelectorAll(TYPED)); }
  function isEmpty(row) { return typedIn(row).every(function (field) { return !field.value.trim(); }); }

  // "targets-3-name" → "name"
  function column(field, table) { return field.name.replace(new RegExp("^" + table.dataset.rows + "-\\d+-"), ""); }

  function text(table, key, values) {
    return JSON.parse(table.dataset.texts)[key].replace(/\{(\w+)\}/g, function (_all, name) { return values[name]; });
  }

  function tell(table, key, values, wrong) {
    const line = document.querySelector("[data-said='" + table.dataset.rows + "']");
    if (!line) return;
    line.textContent = text(table, key, values || {});
    line.classList.toggle("err", Boolean(wrong));
  }

  function changed(table) {
    dress(table);
    table.querySelectorAll("textarea[data-max]").forEach(function (area) {
      const line = document.getElementById(area.id + "-count");
      line.textContent = line.dataset.text.replace("{used}", String(area.value.length));
    });
    table.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ---- numbers: what the server will read the rows by, and what people see

  function renumber(table) {
    const prefix = new RegExp("(^|\\s)" + table.dataset.rows + "-\\d+(?=-|\\s|$)", "g");
    rowsOf(table).forEach(function (row, at) {
      row.querySelectorAll("*").forEach(function (node) {
        NUMBERED.forEach(function (name) {
          if (!node.hasAttribute(name) || (name === "value" && node.tagName !== "BUTTON")) return;
          const before = node.getAttribute(name);
          const after = before.replace(prefix, "$1" + table.dataset.rows + "-" + at);
          if (after !== before) node.setAttribute(name, after);
        });
        if (node.hasAttribute("aria-label")) {
          node.setAttribute("aria-label", node.getAttribute("aria-label").replace(/\d+/, String(at + 1)));
        }
        if (node.matches(".no, legend, button > .vh")) node.textContent = node.textContent.replace(/\d+/, String(at + 1));
      });
    });
  }

  // ---- merged look: an empty level says what it means, a repeated one recedes

  function dress(table) {
    const above = {};
    rowsOf(table).forEach(function (row, at) {
      let same = at > 0;
      carried(table, row).forEach(function (field) {
        const name = column(field, table);
        const typed = field.value.trim();
        const meant = typed || (same ? above[name] || "" : "");
        same = same && meant === above[name];
        field.placeholder = !typed && meant ? text(table, "above", { text: meant }) : "";
        field.closest("td").classList.toggle("same", Boolean(typed) && same);
        if (!isEmpty(row)) above[name] = meant;
      });
    });
  }

  function carried(table, row) {
    return (table.dataset.carries || "").split(" ").filter(Boolean).map(function (name) {
      return typedIn(row).find(function (field) { return column(field, table) === name; });
    });
  }

  // Before rows change places, what empty levels mean is written out.
  function fillDown(table) {
    const above = {};
    rowsOf(table).forEach(function (row) {
      if (isEmpty(row)) return;
      let same = true;
      carried(table, row).forEach(function (field) {
        const name = column(field, table);
        if (!field.value.trim() && same) field.value = above[name] || "";
        same = same && field.value === (above[name] || "");
        above[name] = field.value;
      });
    });
  }

  // ---- rows come and go

  function add(table) {
    const rows = rowsOf(table);
    if (rows.length >= Number(table.dataset.limit)) {
      tell(table, "full", { m: table.dataset.limit }, true);
      return null;
    }
    const row = rows[rows.length - 1].cloneNode(true);
    clear(row);
    rows[0].parentNode.appendChild(row);
    renumber(table);
    nextNumber(row, rows);
    return row;
  }

  // A number of its own, where rows have one: the next.
  function nextNumber(row, others) {
    function numberOf(one) { return one.querySelector("input[name$='-number']"); }
    if (!numberOf(row)) return;
    const taken = others.map(function (one) { return Number(numberOf(one).value) || 0; });
    numberOf(row).value = String(Math.max.apply(null, [0].concat(taken)) + 1);
  }

  function clear(row) {
    row.querySelectorAll(FIELDS).forEach(function (field) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = false;
      else if (field.tagName === "SELECT") field.selectedIndex = 0;
      else field.value = "";
      field.removeAttribute("aria-invalid");
      field.removeAttribute("autofocus");
    });
    row.querySelectorAll(".err").forEach(function (node) { node.remove(); });
    row.querySelectorAll(".echo, .doubt, [data-told]").forEach(function (node) { node.textContent = ""; });
    row.querySelectorAll(".same, .bad").forEach(function (node) { node.classList.remove("same", "bad"); });
  }

  function remove(table, row) {
    const at = rowsOf(table).indexOf(row);
    keep(table);
    fillDown(table);
    if (rowsOf(table).length > Number(table.dataset.least)) row.remove();
    else clear(row);
    renumber(table);
    changed(table);
    const rows = rowsOf(table);
    if (rows.length) focus(typedIn(rows[Math.min(at, rows.length - 1)])[0]);
    else focus(document.querySelector("[name='add_row'][value='" + table.dataset.rows + "']"));
    tell(table, "removed", { n: at + 1 });
  }

  function move(table, row, step) {
    const rows = rowsOf(table);
    const at = rows.indexOf(row);
    const other = rows[at + step];
    if (!other) {
      tell(table, step < 0 ? "first" : "last");
      return;
    }
    fillDown(table);
    // the neighbour moves, not the row: whatever has the focus in the row keeps it
    row.parentNode.insertBefore(other, step < 0 ? row.nextSibling : row);
    renumber(table);
    changed(table);
    tell(table, "moved", { n: at + step + 1 });
  }

  // By code, numbers in it by their value; empty rows last.
  function sort(table) {
    function parts(row) {
      const code = row.querySelector("[name$='-code']").value.trim();
      const found = (code.match(/\d+|\D/g) || []).map(function (part) {
        return /\d/.test(part) ? [Number(part), ""] : [0, part];
      });
      return { row: row, empty: code ? 0 : 1, parts: found };
    }
    function compare(one, other) {
      let order = one.empty - other.empty;
      for (let at = 0; !order && at < Math.min(one.parts.length, other.parts.length); at += 1) {
        const a = one.parts[at];
        const b = other.parts[at];
        order = a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
      }
      return order || one.parts.length - other.parts.length;
    }
    keep(table);
    rowsOf(table).map(parts).sort(compare).forEach(function (one) { one.row.parentNode.appendChild(one.row); });
    renumber(table);
    changed(table);
    tell(table, "sorted");
  }

  function focus(field) {
    if (!field) return;
    field.focus();
    if (field.select) field.select();
  }

  // ---- the way back from a removal or a paste

  function keep(table) {
    const values = rowsOf(table).map(function (row) {
      return Array.from(row.querySelectorAll(FIELDS)).map(function (field) {
        return field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
      });
    });
    kept.set(table, { values: values, row: rowsOf(table)[0].cloneNode(true) });
    undoOf(table).hidden = false;
  }

  function undoOf(table) { return document.querySelector("[data-undo='" + table.dataset.rows + "']"); }

  function undo(table, button) {
    const before = kept.get(table).values;
    while (rowsOf(table).length > before.length) rowsOf(table).pop().remove();
    if (!rowsOf(table).length && before.length) table.appendChild(kept.get(table).row);
    while (rowsOf(table).length < before.length && add(table));
    rowsOf(table).forEach(function (row, at) {
      row.querySelectorAll(FIELDS).forEach(function (field, position) {
        const value = before[at][position];
        if (typeof value === "boolean") field.checked = value;
        else if (field.type !== "file") field.value = value;
      });
    });
    changed(table);
    focus(typedIn(rowsOf(table)[0])[0]);
    button.hidden = true;
    tell(table, "undone");
  }

  // ---- a block from Excel or WPS; papers/cells.py reads alike

  function copied(block) {
    const rows = [[]];
    let at = 0;
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"(?=\t|\r|\n|$)/.exec(block.slice(at));
      let cell;
      if (quoted && /[\t\r\n]/.test(quoted[1])) {
        cell = quoted[1].replace(/""/g, '"').replace(/\r\n|\r/g, "\n");
        at += quoted[0].length;
      } else {
        cell = /^[^\t\r\n]*/.exec(block.slice(at))[0];
        at += cell.length;
      }
      rows[rows.length - 1].push(cell);
      if (at >= block.length) break;
      if (block[at] === "\t") at += 1;
      else {
        at += block.slice(at, at + 2) === "\r\n" ? 2 : 1;
        rows.push([]);
      }
    }
    while (rows.length && !rows[rows.length - 1].some(function (cell) { return cell.trim(); })) rows.pop();
    return rows;
  }

  function width(rows) {
    return rows.reduce(function (widest, row) {
      return row.reduce(function (most, cell, at) { return cell.trim() ? Math.max(most, at + 1) : most; }, widest);
    }, 0);
  }

  // All of the block or, with a sentence, none of it.
  function paste(table, block, first, from) {
    const rows = copied(block);
    const room = typedIn(rowsOf(table)[0]).length - from;
    if (width(rows) > room) {
      tell(table, "wide", { n: width(rows), m: room }, true);
      return false;
    }
    if (first + rows.length > Number(table.dataset.limit)) {
      tell(table, "many", { n: first + rows.length, m: table.dataset.limit }, true);
      return false;
    }
    keep(table);
    while (rowsOf(table).length < first + rows.length) add(table);
    const there = rowsOf(table);
    rows.forEach(function (cells, at) {
      const fields = typedIn(there[first + at]);
      cells.slice(0, room).forEach(function (cell, position) {
        const field = fields[from + position];
        field.value = field.tagName === "TEXTAREA" ? cell.trim() : cell.split(/\s+/).filter(Boolean).join(" ");
        field.removeAttribute("aria-invalid");
      });
    });
    changed(table);
    tell(table, "pasted", { n: rows.length });
    return true;
  }

  document.addEventListener("paste", function (event) {
    const field = event.target;
    const table = field.closest && field.closest("tr[data-row]") && listOf(field);
    if (!table || !field.matches(TYPED)) return;
    const block = event.clipboardData.getData("text/plain");
    // one cell, or lines for a field that takes lines, go in as any text does
    if (field.tagName === "TEXTAREA" ? !block.includes("\t") : !/[\t\r\n]/.test(block.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    const row = field.closest("[data-row]");
    paste(table, block, rowsOf(table).indexOf(row), typedIn(row).indexOf(field));
  });

  // ---- buttons and keys

  document.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.undo) undo(list(button.dataset.undo), button);
    const act = ["add_row", "remove_row", "move_row", "paste_rows", "sort_rows"].includes(button.name);
    const table = act && list(button.value.split("-")[0]);
    // an empty list has no row to make another from: the server makes the first
    if (!table || (button.name === "add_row" && !rowsOf(table).length)) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    if (button.name === "remove_row") remove(table, row);
    else if (button.name === "move_row") {
      move(table, row, button.value.endsWith("-up") ? -1 : 1);
      button.focus();
    } else if (button.name === "sort_rows") sort(table);
    else if (button.name === "add_row") addAndGo(table, 0);
    else pasteBox(table);
  });

  function addAndGo(table, position) {
    const row = add(table);
    if (!row) return;
    changed(table);
    focus(typedIn(row)[position]);
    tell(table, "added", { n: rowsOf(table).length });
  }

  function pasteBox(table) {
    const box = document.getElementById("paste-" + table.dataset.rows);
    const rows = rowsOf(table);
    let used = rows.length;
    while (used && isEmpty(rows[used - 1])) used -= 1;
    if (!box.value.trim() || !paste(table, box.value, used, 0)) return;
    box.value = "";
    box.closest("details").open = false;
    focus(typedIn(rowsOf(table)[used])[0]);
  }

  document.addEventListener("keydown", function (event) {
    const field = event.target;
    const row = field.closest && field.closest("tr[data-row]");
    if (!row || event.isComposing || event.keyCode === 229) return;
    const table = listOf(row);
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(table, row, event.key === "ArrowUp" ? -1 : 1);
      field.focus();
    } else if (event.key === "Enter" && field.matches(TYPED) && field.tagName === "INPUT") {
      event.preventDefault();
      const rows = rowsOf(table);
      const next = rows[rows.indexOf(row) + 1];
      const position = typedIn(row).indexOf(field);
      if (next) focus(typedIn(next)[position]);
      else if (!isEmpty(row)) addAndGo(table, 0);
    }
  });

  document.addEventListener("input", function (event) {
    const table = event.target.closest && listOf(event.target);
    if (!table || table === event.target) return;
    dress(table);
    // the way back would take along what was typed since
    undoOf(table).hidden = true;
  });

  function begin() {
    document.querySelectorAll("[data-rows]").forEach(dress);
    document.querySelectorAll("[data-keys]").forEach(function (line) { line.hidden = false; });
    const goal = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (goal && goal.matches("[data-rows]")) focus(typedIn(goal)[0]);
  }

  document.addEventListener("htmx:afterSettle", begin);
  begin();
})();
