/* What the report's page gains by a script: a slider beside each weight, and plots in which candidates are ticked. Without it all works by forms. */
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* A slider beside the number of each weight; it reaches from 0 to 3, to three times the stored weight, or to the one asked for. */
  function sliders() {
    for (const both of all(".both")) {
      if (both.querySelector("[type=range]")) continue;
      const number = both.querySelector("input");
      const slider = document.createElement("input");
      Object.assign(slider, { type: "range", min: 0, max: Math.max(3, 3 * both.dataset.own, number.value), step: 0.05, value: number.value });
      slider.setAttribute("aria-label", number.labels[0].textContent);
      slider.addEventListener("input", event => {
        event.stopPropagation();
        number.value = slider.value;
        number.dispatchEvent(new Event("input", { bubbles: true }));
      });
      slider.addEventListener("change", event => event.stopPropagation());
      number.addEventListener("input", () => { slider.value = number.value; });
      both.prepend(slider);
    }
  }

  const boxes = () => all('input[type=checkbox][name=key][form=view]');

  /* Points of ticked candidates stand out; the number of ticks is said. */
  function marks() {
    const ticked = new Set(boxes().filter(b => b.checked).map(b => b.value));
    for (const dot of all("circle[data-key]")) dot.classList.toggle("ticked", ticked.has(dot.dataset.key));
    const hidden = all('input[type=hidden][name=key][form=view]').length;
    const said = document.getElementById("ticked");
    if (said) said.textContent = `${ticked.size + hidden} ticked; two to six are compared`;
  }

  /* A frame drawn in a plot ticks what lies in it; with Shift it adds to what is ticked. */
  function frames() {
    for (const plot of all("svg.plot")) {
      if (plot.dataset.framed) continue;
      plot.dataset.framed = "yes";
      let from = null, frame = null;
      const at = event => new DOMPoint(event.clientX, event.clientY).matrixTransform(plot.getScreenCTM().inverse());
      plot.addEventListener("pointerdown", event => { if (event.button === 0) from = at(event); });
      plot.addEventListener("dragstart", event => event.preventDefault());
      plot.addEventListener("pointermove", event => {
        if (!from) return;
        const to = at(event);
        if (!frame && Math.hypot(to.x - from.x, to.y - from.y) < 5) return;
        if (!frame) {
          frame = document.createElementNS(plot.namespaceURI, "rect");
          frame.setAttribute("class", "frame");
          plot.append(frame);
          plot.setPointerCapture(event.pointerId);
        }
        for (const [name, value] of [["x", Math.min(from.x, to.x)], ["y", Math.min(from.y, to.y)], ["width", Math.abs(to.x - from.x)], ["height", Math.abs(to.y - from.y)]])
          frame.setAttribute(name, value);
      });
      plot.addEventListener("pointerup", event => {
        if (frame) {
          const box = frame.getBBox();
          const within = new Set(all("circle[data-key]", plot).filter(c => {
            const x = +c.getAttribute("cx"), y = +c.getAttribute("cy");
            return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
          }).map(c => c.dataset.key));
          for (const b of boxes()) b.checked = within.has(b.value) || (event.shiftKey && b.checked);
          frame.remove();
          plot.addEventListener("click", click => click.preventDefault(), { capture: true, once: true });
          setTimeout(() => plot.dispatchEvent(new Event("click")), 0);
          marks();
        }
        from = frame = null;
      });
      plot.addEventListener("pointercancel", () => { if (frame) frame.remove(); from = frame = null; });
    }
  }

  /* A candidate under the pointer or the focus stands out in table and plots. */
  function hot(event) {
    const found = event.target.closest && (event.target.closest("[data-key]") || event.target.closest("a")?.querySelector("circle[data-key]"));
    const key = found ? found.dataset.key : "";
    for (const element of all(".hot")) element.classList.remove("hot");
    if (key) for (const element of all("[data-key]")) if (element.dataset.key === key) element.classList.add("hot");
  }

  /* A file that is saved: it takes a while to be made, the page says so, and the next may be asked for meanwhile. What is no file (somebody has to sign
     in first) is opened as without a script. */
  const making = new Set();
  async function save(event) {
    const link = event.target.closest && event.target.closest("#exports a[download]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const form = link.textContent, address = link.href;
    if (making.has(address)) return;
    const say = text => { const said = document.getElementById("saving"); if (said) said.textContent = text; };
    making.add(address);
    say(`${form} is being made …`);
    try {
      const answer = await fetch(address);
      const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") || "");
      if (!answer.ok || !name) { location.assign(address); return; }
      const file = document.createElement("a");
      file.href = URL.createObjectURL(await answer.blob());
      file.download = name[1];
      file.click();
      setTimeout(() => URL.revokeObjectURL(file.href), 60000);
      making.delete(address);
      say(making.size ? `${form} is saved; ${making.size} more …` : `${form} is saved.`);
    } catch (error) {
      say(`${form} could not be fetched: the server does not answer.`);
    } finally {
      making.delete(address);
    }
  }

  /* Series are fetched when they come into view; paper has all of the page, so what was not fetched is fetched before it is printed. */
  function complete() {
    const later = document.querySelector("#series [hx-get]");
    if (!later) return;
    const asked = new XMLHttpRequest();
    asked.open("GET", later.getAttribute("hx-get"), false);  // printing does not wait for anything else
    asked.setRequestHeader("HX-Request", "true");
    try { asked.send(); } catch (error) { return; }
    if (asked.status === 200) later.outerHTML = asked.responseText;
  }

  function look() { sliders(); frames(); marks(); }
  document.addEventListener("change", marks);
  document.addEventListener("click", save);
  window.addEventListener("beforeprint", complete);
  document.addEventListener("pointerover", hot);
  document.addEventListener("focusin", hot);
  document.addEventListener("htmx:afterSettle", look);
  look();
})();
