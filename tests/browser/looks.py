"""What is looked at in every page: words broken between lines, text that cannot be told from its background, parts without a name."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from PIL import Image

#: Words of running text (no SMILES) that stand on more than one line though nothing in them allows a break.
BROKEN_WORDS = r"""() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (node.parentElement.closest("code, svg, .hidden") || !node.parentElement.checkVisibility()) continue;
    for (const word of node.data.matchAll(/[\p{L}\p{N}.,]+/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1) found.push(word[0] + " in " + node.data.trim().slice(0, 60));
    }
  }
  return found;
}"""

#: Text whose contrast with what is behind it is under 4.5 (WCAG AA), with its contrast.
PALE = r"""() => {
  const numbers = text => text.match(/[\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = numbers(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
    return [255, 255, 255]; };
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement, style = getComputedStyle(e);
    if (!node.data.trim() || e.closest("title, .structure svg") || !e.checkVisibility()) continue;
    const [a, b] = [light(numbers(e.closest("svg") ? style.fill : style.color)), light(behind(e))];
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < 4.5) found.push(node.data.trim().slice(0, 40) + " " + contrast.toFixed(2));
  }
  return found;
}"""

#: Links, buttons, fields and images that a screen reader could not name, ids that stand twice, and headings that leave a level out.
UNNAMED = r"""() => {
  const found = [];
  const name = e => (e.ariaLabel || e.alt || e.title || e.textContent || "").trim() || [...(e.labels || [])].map(l => l.textContent.trim()).join("");
  for (const e of document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea, [role=region], nav, th"))
    if (!name(e)) found.push("no name: " + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) found.push("no alt: " + e.outerHTML.slice(0, 80));
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push("id twice: " + id);
  let level = 0;
  for (const h of document.querySelectorAll("h1, h2, h3, h4")) { const l = +h.tagName[1]; if (l > level + 1) found.push("level left out: " + h.textContent); level = l; }
  if (document.querySelectorAll("main").length !== 1) found.push("not one main");
  return found;
}"""


def picture(page: Any, name: str, heading: str, height: int, otherwise: Path) -> None:
    """A picture for the docs of what stands from ``heading`` (a selector) on, ``height`` pixels of it: small, and of the size that was asked for.

    It goes to $MOLWRIGHT_PICTURES where that is set, else to the folder ``otherwise``, and is put into docs/pictures by hand.
    """
    folder = Path(os.environ.get("MOLWRIGHT_PICTURES") or otherwise)
    page.set_viewport_size({"width": 1280, "height": height})
    page.evaluate("heading => document.querySelector(heading).scrollIntoView()", heading)
    page.wait_for_load_state("networkidle")
    image = Image.open(io.BytesIO(page.screenshot()))
    image.quantize(64, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)
    assert image.size == (1280, height)
    assert 5_000 < (folder / f"{name}.png").stat().st_size < 150_000, name
