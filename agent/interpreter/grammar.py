"""The grammar of a goal: at each item the rules are tried in order, the first that fits consumes items.

Whatever no rule consumes is a filler word, or it is listed as not understood.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.interpreter import edit_rules as edits
from agent.interpreter import negation_rules as negations
from agent.interpreter import number_rules as numbers
from agent.interpreter import set_rules as sets
from agent.interpreter import structure_rules as structures
from agent.interpreter import value_rules as values
from agent.interpreter import wish_rules as wishes
from agent.interpreter.cursor import Cursor
from agent.interpreter.scanner import scan
from agent.interpreter.statements import Findings

Rule = Callable[[Cursor, int], int | None]

RULES: tuple[Rule, ...] = (
    edits.edit,
    edits.isomers,
    sets.set_level,
    numbers.bounded_property,
    values.soft_marker,
    structures.only_elements,
    structures.formula,
    negations.operation,
    negations.any_of,
    structures.keep_scaffold,
    structures.replacement,
    structures.analogue_suffix,
    structures.similarity,
    wishes.objective_verb,
    wishes.superlative,
    wishes.strength,
    values.stability,
    wishes.comparative,
    wishes.scale_than,
    values.uncheckable,
    numbers.number_wanted,
    numbers.sandwiched,
    numbers.limit_first,
    values.absorbing,
    values.vague_property,
    wishes.adjective,
    values.property_first,
    negations.negation,
    negations.free_suffix,
    structures.solvent,
    structures.vague_word,
    structures.family,
    structures.rule_set,
    structures.group,
    structures.element,
    structures.compound,
)


def parse(text: str) -> Findings:
    """Everything that a normalised goal says. Raises GoalError for broken structures, empty windows and impossible numbers."""
    cursor = Cursor(text, scan(text))
    i, unknown = 0, -1
    while i < len(cursor.items):
        j = next((j for rule in RULES if (j := rule(cursor, i)) is not None), None)
        if j is not None:
            unknown = _flush(cursor, unknown, i)
            i = max(j, i + 1)
            continue
        if _ignorable(cursor, i):
            if cursor.has(i, "sep", "but"):
                unknown = _flush(cursor, unknown, i)
                cursor.soft = False
            elif unknown >= 0 and cursor.has(i, "and", "or"):
                unknown = _flush(cursor, unknown, i)
            if cursor.text_of(i) == "or":
                _say_or(cursor)
            i += 1
            continue
        if unknown < 0:
            unknown = i
        i += 1
    _flush(cursor, unknown, len(cursor.items))
    return cursor.found


def _say_or(cursor: Cursor) -> None:
    """Warn once that an 'or' between conditions cannot be kept."""
    text = "'or' between conditions is read as 'and': a candidate must meet both"
    if text not in cursor.found.warnings:
        cursor.found.warnings.append(text)


def _ignorable(cursor: Cursor, i: int) -> bool:
    """Whether item ``i`` may be passed over: filler words, signs, joining words, nouns that belong to what was read."""
    item = cursor.items[i]
    kinds = {"filler", "sep", "paren", "and", "or", "but", "groups", "atoms", "to", "dash", "than", "that_of", "between", "scaffold"}
    kinds |= {"absorbing", "candidates", "solvent_links", "temperature_links", "free"}
    if set(item.m) & kinds:
        return True
    return "cmp" in item.m and item.text.lower() in ("at", "some", "just", "about", "only", "=", "near")


def _flush(cursor: Cursor, start: int, end: int) -> int:
    """List the unknown words between ``start`` and ``end``; answers -1."""
    if start >= 0:
        cursor.unchecked(start, end, "not understood")
    return -1
