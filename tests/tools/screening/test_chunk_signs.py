"""What a record is looked through for before it is read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tools.screening import chunk


@given(st.text(alphabet="CNOPSFclnos()=#123456789@/\\[]+-:.% *|HLiNaB", max_size=12))
def test_what_has_no_odd_sign_needs_no_further_look(smiles: str) -> None:
    if not chunk._ODD.search(smiles):
        assert not any(sign.search(smiles) for sign in (chunk._UNUSUAL, chunk._STEREO, chunk._UNCLEAN))
        assert " |" not in smiles
