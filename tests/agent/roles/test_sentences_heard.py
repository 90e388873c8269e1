"""Sentences taken out of a reply that is still being written."""

from __future__ import annotations

import json

import pytest

from agent.roles.researcher.streaming import SentencesHeard

REPLY = json.dumps({"answer": [{"text": "One, {of} [all].", "sentences": [1]}, {"text": "Two.", "sentences": [2, 3]}]})


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_each_is_told_once_it_stands_whole(size: int) -> None:
    told: list[list[str]] = []
    heard = SentencesHeard(lambda given: told.append([g.text for g in given]))
    for start in range(0, len(REPLY), size):
        heard.hear(REPLY[start : start + size])
    assert told == [["One, {of} [all]."], ["One, {of} [all].", "Two."]]


def test_a_reply_that_begins_anew_begins_with_none_and_what_is_no_sentence_is_passed_over() -> None:
    told: list[list[str]] = []
    heard = SentencesHeard(lambda given: told.append([g.text for g in given]))
    for piece in (
        REPLY[:60],
        REPLY,
        '{"answer": []}',
        "no JSON at all",
        '{"answer": [{"text": 3}, 4, {"text": "Three.", "sentences": [1]}]}',
    ):
        heard.hear(piece)
    assert told == [["One, {of} [all]."], ["One, {of} [all]."], ["One, {of} [all].", "Two."], ["Three."]]
