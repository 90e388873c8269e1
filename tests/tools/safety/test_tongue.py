"""The language of a sentence, and the concepts that are looked for in it."""

import pytest

from tools.safety import concepts, tongue
from tools.safety.spelling import normalise


@pytest.mark.parametrize(
    ("sentence", "family", "language"),
    [
        ("Un quitamanchas bomba para el vino tinto", "latin", "spanish"),
        ("Ce n'est pas un poison, c'est un édulcorant", "latin", "french"),
        ("Pas op, dit middel is niet voor honden", "latin", "dutch"),
        ("usne shaadi se mana kar diya, kuch tez banao", "latin", "romanised"),
        ("чим замінити розчинник у фарбі", "russian ukrainian", "ukrainian"),
        ("یک رنگ آبی پایدار در برابر نور", "arabic persian", "persian"),
    ],
)
def test_the_letters_tell_the_language(sentence: str, family: str, language: str) -> None:
    shares = tongue.shares(normalise(sentence), family)
    assert max(shares, key=shares.__getitem__) == language
    assert sum(shares.values()) == pytest.approx(1)


def test_nothing_is_told_of_no_words_or_of_a_writing_of_one_language() -> None:
    assert tongue.shares("12 / 7", "latin") == {}
    assert tongue.shares("μια μπλε βαφη", "greek") == {}


def test_words_of_another_language_are_no_concepts() -> None:
    """'pas' is Turkish rust, 'un' Turkish flour; the sentence is French."""
    found = {one.concept for one in concepts.seen(normalise("Ce n'est pas un colorant toxique, c'est un édulcorant"))}
    assert not found & {"milk", "mould"}


def test_burials_and_legacies_are_concepts() -> None:
    assert "funeral" in {one.concept for one in concepts.seen(normalise("katsam da cenazesi kalksa bu akşam"))}
    assert "inherit" in {one.concept for one in concepts.seen(normalise("avant que nous puissions hériter de la maison"))}
