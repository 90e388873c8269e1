"""PDFs to read, written when they are needed."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


def make_pdf(pages: Sequence[Sequence[str]], *, title: str = "", password: str | None = None, scanned: bool = False) -> bytes:
    """A PDF with these lines on its pages; ``scanned``: with a picture on each, too."""
    target = io.BytesIO()
    protection = StandardEncryption(password, ownerPassword="owner") if password is not None else None
    canvas = Canvas(target, pagesize=A4, encrypt=protection)
    if title:
        canvas.setTitle(title)
    for lines in pages:
        for n, line in enumerate(lines):
            canvas.drawString(60, 790 - 14 * n, line)
        if scanned:
            from PIL import Image

            canvas.drawImage(ImageReader(Image.new("L", (40, 40), 128)), 60, 60)
        canvas.showPage()
    canvas.save()
    return target.getvalue()
