"""Papers from OpenAlex, arXiv, Europe PMC and Crossref, asked in the way that each service wishes to be asked."""
