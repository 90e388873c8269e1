"""How long values are stored: as compressed JSON, small where their words repeat.

A candidate is compressed against a dictionary of the words that most candidates hold, since one alone is too short to repeat itself: 3.6 kB
of JSON take 0.7 kB so, 1.4 kB without. A dictionary is part of the format and never changes; a better one gets the next number.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

#: Shorter texts are kept as they are.
LONG = 1000
#: The deepest compression is worth its time: nothing is packed as often as it would be read.
_LEVEL = 6
_TEXT = "z:"

_VALUE = '"in_domain":null,"nearest":null,"nearest_value":null,"similarity":null,"reason":null},'
_COMPUTED = '","method_version":"2026.09.1",' + _VALUE

#: Dictionaries by number. What is most common stands last.
_DICTIONARIES = {
    1: (
        '"notes":["counter-ion removed"],"safety":{"verdict":"warn","rules":[{"id":"","name":"","verdict":"warn","reason":"","source":""}]},'
        '"value":null,"reason":"no chromophore"},"in_domain":false,"nearest":"c1ccc2c(c1)","nearest_value":0.0,"similarity":0.5,'
        '"glass_transition_temperature":{"value":,"unit":"\\u00b0C","absorption_maximum":{"value":,"unit":"nm","solubility":{"value":-,"unit":"log mol/L",'
        '"thermal_stability":{"value":"high","value":"moderate","value":"low","unit":"","sigma":null,"lower":null,"upper":null,'
        '"method":"molwright weak-bond rules (neat, sealed, inert gas, one hour)","method_version":"4","in_domain":true,"nearest":null,'
        '"nearest_value":null,"similarity":null,"reason":"no weak bond or low-temperature elimination within 50 K of 200 \\u00b0C; the first '
        "thing expected to go is saturated carbon chain: homolysis of C-C and C-H bonds; the class typically begins to go between 380 and 450 "
        "\\u00b0C [B010]; volatility (not counted): boils above about 295 \\u00b0C (Joback group contributions with the correction of Stein and "
        "Brown; beyond the method: above about 295 \\u00b0C); the predicted flash point, 203 \\u00b1 17 \\u00b0C, lies near 200 \\u00b0C, which "
        'speaks of vapour, not of decomposition; in air (not counted, the risk holds under inert gas): "},'
        '"tpsa":{"value":,"unit":"\\u00c5\\u00b2","sigma":0.0,"lower":,"upper":,"method":"RDKit TPSA' + _COMPUTED + ""
        '"sa_score":{"value":,"unit":"","sigma":0.0,"lower":,"upper":,"method":"RDKit Contrib SA_Score' + _COMPUTED + ""
        '"flash_point":{"value":,"unit":"\\u00b0C","sigma":,"lower":,"upper":,"method":"LightGBM ensemble, Gaussian process and neural networks, '
        'molwright flash point 3","method_version":"1-","in_domain":true,"nearest":"","nearest_value":,"similarity":0.,"reason":null},'
        '"logp":{"value":,"unit":"","sigma":0.0,"lower":,"upper":,"method":"RDKit MolLogP (Crippen)' + _COMPUTED + ""
        '{"schema_version":"1","key":"-UHFFFAOYSA-N","smiles":"*","class":"polymer","smiles":"Cc1ccc(C(=O)Nc1ccccc1","given":"","inchikey":"'
        '-UHFFFAOYSA-N","name":"","class":"molecule","dedup_key":"","undefined_stereocentres":0,"notes":[],"origin":{"proposer":"library",'
        '"operator":"known compound","origin":{"proposer":"evolution","operator":"","origin":{"proposer":"reactions","operator":", block exchanged",'
        '"parents":["-UHFFFAOYSA-N"],"generation":1,"rationale":"made from ","parent_smiles":[],"changes":{}},"status":"rejected","rejected_by":'
        '"safety:","rejected_by":"R1","rejected_reason":"probability 0.","status":"kept","rejected_by":"","rejected_reason":"","properties":{'
        '"molecular_weight":{"value":,"unit":"g/mol","sigma":0.0,"lower":,"upper":,"method":"RDKit MolWt' + _COMPUTED + ""
        '"safety":null,"safety":{"verdict":"allow","rules":[]},"requirements":[],"requirements":[{"id":"R1","text":"Molecular weight below g/mol",'
        '"met":true,"probability":1.0,"value":,"unit":"","reason":""},{"id":"R2","text":" risk at most at \\u00b0C","met":false,"probability":0.0,'
        '"value":"low","unit":"","reason":""},{"id":"R3","text":" above ","met":true,"probability":0.9"unit":"g/mol","reason":""}],"p_meets":null,'
        '"desirability":null,"score":null,"rank":null,"rank_interval":null,"pareto_front":null,"route":null,"route":{"status":"found","steps":[],'
        '"starting_materials":[],"note":"No route from the shipped building blocks and reactions was found.","route":{"status":"by construction",'
        '"steps":[{"reaction":"","reactants":["",""],"product":"","note":""}],"starting_materials":[{"name":"","smiles":"","role":"","verdict":'
        '"allow","rules":[],"stock":null},{"name":"","smiles":"","role":"","verdict":"allow","rules":[],"stock":null}],"note":"","cost":null},'
        '"citations":[],"rationale":""}'
    ).encode()
}
_NEWEST = max(_DICTIONARIES)


def pack(text: str) -> bytes:
    """``text`` compressed, with the number of its dictionary before it."""
    engine = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_DEFAULT_STRATEGY, _DICTIONARIES[_NEWEST])
    return bytes([_NEWEST]) + engine.compress(text.encode()) + engine.flush()


def unpack(packed: bytes) -> bytes:
    """The text, in UTF-8, that was packed. ValueError if it is damaged or was packed by a newer molwright."""
    dictionary = _DICTIONARIES.get(packed[0]) if packed else None
    if dictionary is None:
        raise ValueError(f"it is packed in a way that this molwright does not know ({packed[:1].hex() or 'empty'})")
    engine = zlib.decompressobj(-zlib.MAX_WBITS, dictionary)
    try:
        text = engine.decompress(packed[1:])
    except zlib.error as error:
        raise ValueError(f"what was packed is damaged: {error}") from error
    if not engine.eof or engine.unused_data:
        raise ValueError("what was packed is damaged: it ends in another place than it was ended")
    return text


def packed_text(value: Any) -> str:
    """A JSON value for a column of text: its JSON, or 'z:' and the base64 of its compressed JSON where that is long.

    Raises TypeError or ValueError for what JSON cannot hold.
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text if len(text) < LONG else _TEXT + base64.b64encode(zlib.compress(text.encode(), _LEVEL)).decode()


def unpacked_text(text: str) -> Any:
    """The JSON value that :func:`packed_text` made a text of. ValueError if it is damaged."""
    if not text.startswith(_TEXT):
        return json.loads(text)
    try:
        return json.loads(zlib.decompress(base64.b64decode(text[len(_TEXT) :], validate=True)))
    except (zlib.error, binascii.Error) as error:
        raise ValueError(f"what was packed is damaged: {error}") from error
