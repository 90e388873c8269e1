"""JATS, TEI, HTML, Markdown, text, BibTeX, RIS, CSL-JSON and JSONL, each with its metadata and its text."""

from __future__ import annotations

import json

import pytest

from tools.literature.reading.parts import Reading, Unreadable, bare_doi
from tools.literature.reading.plain_text import read_markdown, read_text
from tools.literature.reading.references import json_record, read_bibtex, read_csl, read_ris
from tools.literature.reading.web_page import read_html
from tools.literature.reading.xml_papers import read_xml

JATS = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.2//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article"><front><journal-meta><journal-title-group>
<journal-title>J. Test</journal-title></journal-title-group></journal-meta><article-meta><article-id pub-id-type="doi">10.1234/ABC</article-id>
<title-group><article-title>Blue <italic>dyes</italic><xref>*</xref></article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Uthor</surname><given-names>A.</given-names></name></contrib>
<contrib contrib-type="editor"><name><surname>No</surname></name></contrib></contrib-group>
<pub-date><year>2021</year></pub-date><pub-date><year>2020</year></pub-date>
<permissions><license xlink:href="http://creativecommons.org/licenses/by/4.0/"><license-p>Open.</license-p></license></permissions>
<related-article related-article-type="RELATED" xlink:href="10.1234/other"/>
<abstract><p>&lambda;<sub>max</sub> is 610 nm.</p></abstract></article-meta></front>
<body><sec><title>Results</title><p>First.<fig><label>Fig. 1</label><caption><p>A spectrum.</p></caption></fig></p>
<sec><title>Dyes</title><p>Second.</p><table-wrap><label>Table 1</label><caption><p>Data.</p></caption><table><tr><th>Dye</th><th>nm</th></tr>
<tr><td>1a</td><td>610</td></tr></table></table-wrap></sec></sec></body><back><ref-list><ref><mixed-citation>Nobody.</mixed-citation></ref></ref-list></back></article>"""


def test_jats() -> None:
    reading = read_xml(JATS.encode())
    assert (reading.title, reading.authors, reading.year, reading.doi) == ("Blue dyes", ("A. Uthor",), 2020, "10.1234/abc")
    assert (reading.journal, reading.licence, reading.retracted) == ("J. Test", "http://creativecommons.org/licenses/by/4.0/", None)
    assert [(b.text, b.kind, b.section) for b in reading.blocks] == [
        ("λmax is 610 nm.", "abstract", "Abstract"),
        ("Results", "heading", "Results"),
        ("First.", "text", "Results"),
        ("Fig. 1 A spectrum.", "caption", "Results"),
        ("Dyes", "heading", "Results › Dyes"),
        ("Second.", "text", "Results › Dyes"),
        ("Table 1 Data.", "caption", "Results › Dyes"),
        ("Dye | nm\n1a | 610", "table", "Results › Dyes"),
    ]


def test_jats_says_what_was_retracted() -> None:
    assert read_xml(JATS.replace('"RELATED"', '"retraction-forward"').encode()).retracted is True
    notice = JATS.replace('"RELATED"', '"retracted-article"').replace("research-article", "retraction")
    assert (read_xml(notice.encode()).retracted, read_xml(notice.encode()).retracts) == (None, ("10.1234/other",))


def test_tei() -> None:
    tei = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Red dyes</title></titleStmt>
    <publicationStmt><date when="2019-05-01"/></publicationStmt><sourceDesc><biblStruct><analytic><author><persName><forename>B.</forename>
    <surname>Other</surname></persName></author></analytic><monogr><title>J. Tei</title></monogr><idno type="DOI">10.1000/x</idno></biblStruct></sourceDesc></fileDesc>
    <profileDesc><abstract><p>Short.</p></abstract></profileDesc></teiHeader><text><body><div><head>Methods</head><p>We did it.</p></div>
    <figure type="table"><head>Table 1</head><figDesc>Data.</figDesc><table><row><cell>a</cell><cell>1</cell></row></table></figure></body>
    <back><div type="references"><p>Nobody.</p></div></back></text></TEI>"""
    reading = read_xml(tei.encode())
    assert (reading.title, reading.authors, reading.year, reading.doi, reading.journal) == (
        "Red dyes",
        ("B. Other",),
        2019,
        "10.1000/x",
        "J. Tei",
    )
    assert [(b.text, b.kind) for b in reading.blocks] == [
        ("Short.", "abstract"), ("Methods", "heading"), ("We did it.", "text"), ("Table 1 Data.", "caption"), ("a | 1", "table"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><article>&y;</article>', "entities"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><article>&x;</article>', "entities"),
        ("<article><front>", "not well-formed"),
        ("<a>" * 300 + "</a>" * 300, "nested"),
        ("<svg/>", "another kind"),
        ("<article><front/></article>", "neither a title nor text"),
    ],
)
def test_xml_that_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_xml(text.encode())


def test_html() -> None:
    page = """<html><head><title>x</title><meta name="citation_title" content="Green dyes"><meta name="citation_author" content="C. Author">
    <meta name="citation_author" content="D. Author"><meta name="citation_doi" content="doi:10.1000/Y"><meta name="citation_publication_date" content="2018/03/01">
    <meta name="citation_journal_title" content="J. Web"><link rel="license" href="https://creativecommons.org/licenses/by/4.0/"></head>
    <body><nav>Menu<p>Home</p></nav><h2>Abstract</h2><p>It is <b>green</b>.</p><script>alert(1)</script><h2>Results</h2><div>One.<br>Two.</div>
    <table><caption>Table 1. Data</caption><tr><th>Dye<th>nm<tr><td>1<td>520</table><figure><img><figcaption>Figure 1. A dye</figcaption></figure></body></html>"""
    reading = read_html(page.encode())
    assert (reading.title, reading.authors, reading.year, reading.doi) == ("Green dyes", ("C. Author", "D. Author"), 2018, "10.1000/y")
    assert (reading.journal, reading.licence) == ("J. Web", "https://creativecommons.org/licenses/by/4.0/")
    assert [(b.text, b.kind) for b in reading.blocks] == [
        ("Abstract", "heading"), ("It is green.", "abstract"), ("Results", "heading"), ("One.", "text"), ("Two.", "text"),
        ("Table 1. Data", "caption"), ("Dye | nm\n1 | 520", "table"), ("Figure 1. A dye", "caption"),
    ]  # fmt: skip
    with pytest.raises(Unreadable, match="no text"):
        read_html(b"<html><script>x</script></html>")


def test_markdown() -> None:
    text = "---\ntitle: Notes on dyes\nauthors: [A. B, C. D]\ndate: 2020-01-01\ndoi: 10.1000/z\n---\n# Notes on dyes\n\n## Abstract\nIt *is* [blue](http://x).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nTable 1. Data.\n"
    reading = read_markdown(text.encode())
    assert (reading.title, reading.authors, reading.year, reading.doi) == ("Notes on dyes", ("A. B", "C. D"), 2020, "10.1000/z")
    assert [(b.text, b.kind) for b in reading.blocks] == [
        ("Abstract", "heading"), ("It is blue.", "abstract"), ("a | b\n1 | 2", "table"), ("Table 1. Data.", "caption"),
    ]  # fmt: skip


def test_plain_text_in_several_encodings() -> None:
    text = "A study of α-amino acids\n\nAbstract\nShort\nlines.\n\n2. Results\n\nThe end – 5 °C.\n"
    reading = read_text(text.encode("utf-16"))
    assert reading.title == "A study of α-amino acids"
    assert [(b.text, b.kind) for b in reading.blocks][1:] == [
        ("Abstract", "heading"), ("Short lines.", "abstract"), ("2. Results", "heading"), ("The end – 5 °C.", "text"),
    ]  # fmt: skip
    assert read_text("Mü °C".encode("cp1252")).title == "Mü °C"
    for data, reason in ((b"\0\1", "not text"), (b" \n", "empty")):
        with pytest.raises(Unreadable, match=reason):
            read_text(data)


def test_bibtex() -> None:
    text = r"""@string{jt = "J. Test"}
    @comment{x = {y}}
    @article{one, title = {The {pK$_a$} of B{\"o}hm's \'{e}ster}, author = "M{\"u}ller, Ann and de la Cruz, B.", journal = jt # { B}, year = 2001,
      doi = {https://doi.org/10.1021/AB(1)2}, abstract = {At 25 $^\circ$C.}}
    @misc{two, title = {never closed }
    @book(three, title = "Third",)"""
    found = dict(read_bibtex(text.encode()))
    one = found["one"]
    assert isinstance(one, Reading)
    assert (one.title, one.authors) == ("The pKₐ of Böhm's éster".replace("ₐ", "_a"), ("Ann Müller", "B. de la Cruz"))
    assert (one.journal, one.year, one.doi, one.blocks[0].text) == ("J. Test B", 2001, "10.1021/ab(1)2", "At 25 °C.")
    assert any(isinstance(r, Unreadable) and "never closed" in str(r) for r in found.values())
    three = found["three"]
    assert isinstance(three, Reading)
    assert three.title == "Third"


def test_ris() -> None:
    text = "TY  - JOUR\nAU  - Doe, Jane\nTI  - A title\n  that goes on\nPY  - 1999///\nDO  - 10.1000/q\nJO  - J. R.\nAB  - Words.\nER  - \n\nTY  - BOOK\nT1  - Second\nER  -\n"
    (_, one), (_, two) = read_ris(text.encode())
    assert isinstance(one, Reading)
    assert isinstance(two, Reading)
    assert (one.title, one.authors, one.year, one.doi, one.journal) == ("A title that goes on", ("Jane Doe",), 1999, "10.1000/q", "J. R.")
    assert (one.blocks[0].kind, two.title, two.blocks) == ("abstract", "Second", ())


def test_csl_and_crossref() -> None:
    item = {
        "id": "x", "title": ["Of <i>dyes</i>"], "author": [{"given": "A.", "family": "B"}, {"literal": "The Group"}], "issued": {"date-parts": [[2015, 2]]},
        "DOI": "10.1000/W", "container-title": ["J. C."], "abstract": "<jats:p>Abstract Good.</jats:p>", "updated-by": [{"type": "retraction", "DOI": "10.1000/n"}],
        "license": [{"URL": "http://l"}],
    }  # fmt: skip
    notice = {
        "title": "Retraction notice",
        "DOI": "10.1000/n",
        "update-to": [{"type": "retraction", "DOI": "10.1000/W"}, {"type": "erratum", "DOI": "10.1000/e"}],
    }
    (name, one), (_, two), (_, three) = read_csl(json.dumps([item, notice, 5]).encode())
    assert isinstance(one, Reading)
    assert isinstance(two, Reading)
    assert (name, one.title, one.authors, one.year, one.doi) == ("x", "Of dyes", ("A. B", "The Group"), 2015, "10.1000/w")
    assert (one.journal, one.licence, one.retracted, one.blocks[0].text) == ("J. C.", "http://l", True, "Good.")
    assert (two.retracted, two.retracts) == (None, ("10.1000/w",))
    assert isinstance(three, Unreadable)
    with pytest.raises(Unreadable, match="not JSON"):
        list(read_csl(b"{"))


def test_jsonl() -> None:
    name, one = json_record(
        '{"_id": "7", "title": "T", "text": "Body.", "metadata": {"doi": "10.1000/V", "year": 2011, "authors": ["A"], "retracted": true}}'
    )
    assert isinstance(one, Reading)
    assert (name, one.title, one.doi, one.year, one.authors, one.retracted) == ("7", "T", "10.1000/v", 2011, ("A",), True)
    assert one.blocks[0].kind == "abstract"
    for line in ("{", "[]", '{"text": 5, "metadata": {}}', '{"text": " "}'):
        assert isinstance(json_record(line)[1], Unreadable), line


@pytest.mark.parametrize(
    ("title", "retracted"),
    [
        ("RETRACTED: A study", True),
        ("[Retracted] A study", True),
        ("Retracted Article: A study", True),
        ("RETRACTED ARTICLE: A study", True),
        ("WITHDRAWN: A study", True),
        ("Retracted proteins in cells", None),
        ("Withdrawn for water", None),
    ],
)
def test_retraction_in_titles(title: str, retracted: bool | None) -> None:
    assert read_markdown(f"# {title}\n\nText.".encode()).retracted is retracted


def test_dois() -> None:
    assert bare_doi("see https://doi.org/10.1002/(SICI)1097(1999)5:1<9::AID>3.0.CO;2-X.") == "10.1002/(sici)1097(1999)5:1"
    assert bare_doi("(doi:10.1/a.b).") is None  # registrants have four digits or more
    assert bare_doi("(10.1000/a.b).") == "10.1000/a.b"
