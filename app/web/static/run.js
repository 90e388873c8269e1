/* A run's page turns into its report by itself when the run has ended, but never under somebody's hand: who presses something or is on the way to another
   page then stays in charge, and has the button. Without this script the page turns all the same. */
(() => {
  "use strict";
  const REST = 3000;  // milliseconds after which a hand counts as taken away
  let last = -REST;
  for (const kind of ["pointerdown", "keydown", "beforeunload"]) window.addEventListener(kind, () => { last = performance.now(); }, { capture: true });

  /* Before it asks, and again before it obeys: the answer may come while somebody goes elsewhere. */
  function stay(event) {
    const turns = event.target.closest && event.target.closest("[data-turns]");
    if (!turns || performance.now() - last > REST) return;
    event.preventDefault();
    turns.remove();
  }
  document.addEventListener("htmx:beforeRequest", stay);
  document.addEventListener("htmx:beforeOnLoad", stay);
})();
