/* What the review page gains by a script: single keys for decisions, reasons and candidates, which can be turned off. Without it all works by forms and links. */
(() => {
  "use strict";
  const page = document.querySelector(".keys");
  const box = document.getElementById("keys");
  if (!page || !box) return;
  page.hidden = false;
  const kept = "molwright-review-keys";
  const remembered = () => { try { return localStorage.getItem(kept); } catch { return null; } };
  box.checked = remembered() !== "off";
  const shown = () => document.body.classList.toggle("with-keys", box.checked);
  box.addEventListener("change", () => {
    try { localStorage.setItem(kept, box.checked ? "on" : "off"); } catch { /* nothing is remembered */ }
    shown();
  });
  shown();

  const one = selector => document.querySelector(selector);
  const press = selector => { const found = one(selector); if (found) found.click(); return !!found; };
  const decide = verdict => press(`#decide button[value=${verdict}]`);

  /* 'r' without a reason goes to the reasons in place of sending what would be refused. */
  function reject() {
    const reason = one("#decide input[name=reason]:checked");
    if ((reason && reason.value) || one("#comment").value.trim()) return decide("reject");
    one("#decide input[name=reason]:not([value=''])").focus();
    return true;
  }
  function choose(number) {
    const boxes = document.querySelectorAll("#decide input[name=reason]");
    if (!boxes[number]) return false;
    boxes[number].checked = true;
    boxes[number].focus();
    return true;
  }
  function open(id, field) {
    const summary = one(id);
    if (!summary) return false;
    summary.closest("details").open = true;
    one(field).focus();
    return true;
  }
  const keys = {
    a: () => decide("accept"), h: () => decide("hold"), r: reject,
    c: () => { one("#comment").focus(); return true; },
    m: () => open("#enter", "#property"),
    w: () => press("#withdraw"), n: () => press("#next"), p: () => press("#previous"),
  };

  /* A decision that is on its way is the last on this page: what is pressed meanwhile is meant for the next candidate. */
  let sent = false;
  const form = one("#decide");
  if (form) form.addEventListener("submit", () => { sent = true; page.setAttribute("aria-busy", "true"); });
  window.addEventListener("pageshow", () => { sent = false; page.removeAttribute("aria-busy"); });

  document.addEventListener("keydown", event => {
    if (sent) { event.preventDefault(); return; }
    if (!box.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const at = event.target;
    const typing = at.closest("textarea, select, input:not([type=radio]):not([type=checkbox])");
    if (typing) { if (event.key === "Escape") at.blur(); return; }
    if (!one("#decide")) return;
    const done = /^[1-9]$/.test(event.key) ? choose(+event.key) : (keys[event.key] || (() => false))();
    if (done) event.preventDefault();
  });

  /* The unit that a property has, until somebody writes another. */
  const property = one("#property"), unit = one("#unit");
  if (property && unit) property.addEventListener("change", () => { unit.value = property.selectedOptions[0].dataset.unit; });
})();
