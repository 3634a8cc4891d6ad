// A phrase goes into the opinion at the cursor. Without script it is taken when the opinion is empty.
(function () {
  "use strict";

  document.addEventListener("change", function (event) {
    const list = event.target;
    const area = list.dataset && list.dataset.phrases && list.form && list.form.elements[list.dataset.phrases];
    if (!area || !list.value) return;
    area.setRangeText(list.value, area.selectionStart, area.selectionEnd, "end");
    list.value = "";
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
})();
