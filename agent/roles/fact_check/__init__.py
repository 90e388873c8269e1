"""The checker of prose: what remains states only stored numbers, names only known structures, and cites only what resolves.

A sentence is removed, with the reason, if it holds

- a number that no stored value explains at the stated precision, in the stated unit, for the property and the candidate that the
  sentence speaks of (numbers in structures, compound names and formulas are no claims);
- a factor ('twice', 'tenfold'), which is always derived;
- a citation [n] that resolves to nothing, or to a passage that shares no word with the sentence; a DOI, address or author that is not
  in the references;
- a structure that the run does not know;
- a claim that no arithmetic here can support ('guaranteed', 'safe', 'cheap').

The checker tells whether the numbers are the stored ones, not whether the sentence is wise: 'a high value' is not judged.

``check`` puts the parts together: ``sentences`` splits, ``stated`` (with ``numbers``, ``mentions``, ``subjects`` and ``rounding``) holds
the numbers against the ``facts``, ``sources`` looks at citations and ``structures`` at SMILES. All words are in ``words.toml``.
"""
