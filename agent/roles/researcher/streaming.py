"""Sentences of an answer taken out of a model's reply while it is still being written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from pydantic import Field, ValidationError

from core.model import Model

#: Where the list of sentences begins; of several the last, which is that of the newest attempt.
_BEGIN = re.compile(r'"answer"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


class GivenSentence(Model):
    """One sentence of an answer as a model gives it."""

    text: str = Field(max_length=600, description="One plain sentence.")
    sentences: list[int] = Field(min_length=1, max_length=3, description="Numbers of the one to three sentences that support it.")


class GivenSentences(Model):
    """An answer; without sentences the passages do not answer."""

    answer: list[GivenSentence] = Field(max_length=12, description="At most five sentences.")


class SentencesHeard:
    """Hands on the sentences so far as soon as one more stands whole in the text; a reply that begins anew begins with none.

    What is no sentence is passed over: the whole reply is read and checked in the end anyway.
    """

    def __init__(self, tell: Callable[[list[GivenSentence]], None]) -> None:
        self._tell = tell
        self._text = ""
        self._begun = self._at = 0
        self._given: list[GivenSentence] = []

    def hear(self, piece: str) -> None:
        """Take the next piece of the reply."""
        self._text += piece
        begins = [match.end() for match in _BEGIN.finditer(self._text, self._begun)]
        if begins and begins[-1] > self._begun:
            self._begun = self._at = begins[-1]
            self._given = []
        while self._begun:
            between = _BETWEEN.match(self._text, self._at)
            start = between.end() if between else self._at
            try:
                value, self._at = json.JSONDecoder().raw_decode(self._text, start)
                self._given.append(GivenSentence.model_validate(value))
            except ValidationError:
                continue
            except ValueError:  # not written to its end yet, or the list is over
                return
            self._tell(list(self._given))
