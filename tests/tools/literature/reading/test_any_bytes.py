"""Whatever a file holds, a reader reads it or refuses it with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.literature.reading.kit import make_pdf
from tests.tools.literature.reading.test_formats import JATS
from tools.literature.assemble import Ways, paper_of
from tools.literature.reading.parts import Reading, Unreadable
from tools.literature.reading.read import records
from tools.literature.reading.sources import Source

PDF = make_pdf([["A title that is long enough", "1. Introduction", "Some text in a film."]])
SEEDS = {
    "pdf": PDF,
    "xml": JATS.encode(),
    "html": b"<html><h1>A</h1><p>b<table><tr><td>1<caption>c</caption></table></html>",
    "markdown": b"---\ntitle: x\n---\n# A\n\n|a|b|\n|-|-|\n|1|2|\n",
    "text": b"A\n\nAbstract\nb 1 2\nc 3 4\nd 5 6\n",
    "bibtex": b'@string{a="b"}@article{k, title={A {b}}, author="C, D and E", year=2001 # a}',
    "ris": b"TY  - JOUR\nTI  - A\nAU  - B, C\nER  - \n",
    "csl": b'[{"title": "A", "author": [{"family": "B"}], "issued": {"date-parts": [[2001]]}}]',
    "jsonl": b'{"title": "A", "text": "b", "metadata": {"year": 2001}}',
}


@pytest.mark.parametrize("kind", SEEDS)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_bytes_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    seed = SEEDS[kind]
    at = data.draw(st.integers(0, len(seed)))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(
        st.binary(max_size=12)
        | st.sampled_from([b"{", b"}", b'"', b"<table>", b"</tr>", b"\\", b"null", b"[[[[", b"\xff\xfe", b"&alpha;", b"/Kids"])
    )
    changed = seed[:at] + put + seed[at + cut :]
    source = Source("f", kind, "h", data=changed)
    found: list[Reading | Unreadable] = []
    try:
        found += [record for _, _, record in records(source, 0, (changed,))]
    except Unreadable as error:
        found.append(error)
    for record in found:
        assert isinstance(record, Reading) or str(record)
        if isinstance(record, Reading) and (record.title or record.blocks):
            paper = paper_of(record, "f", Ways(chemistry=False))
            assert all(paper.text[p.start : p.end] == p.text for p in paper.passages)
            assert "\0" not in repr(paper.document) + paper.text
            paper.text.encode()
