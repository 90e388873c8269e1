"""Reading papers: PDF, JATS, TEI, HTML, Markdown, plain text, references (BibTeX, RIS, CSL-JSON) and JSONL, alone, in folders and in archives."""
