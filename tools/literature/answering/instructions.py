"""Sentences of a paper that tell a reader's language model what to do. They are text like any other, but no evidence for anything."""

from __future__ import annotations

import re

from core.answers import Quote
from tools.literature.sentences import sentence_spans

_INSTRUCTS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,60}\b(?:instructions?|prompts?|guidelines|(?:previous|prior|above|earlier) (?:rules|text|messages?))\b"
    r"|\b(?:system|developer) (?:prompt|message)\b"
    r"|\b(?:you are|act as|pretend to be|behave as)\b.{0,40}\b(?:assistant|AI|language model|chatbot|LLM)\b"
    r"|\b(?:dear|attention|notes? (?:to|for)|instructions? (?:to|for)|hey)\W{1,3}(?:the |all |any )?(?:AI|LLMs?|(?:large )?language models?|assistants?|chatbots?|(?:AI )?reviewers?)\b"
    r"|^\W*(?:please |now |instead,? |always |you (?:must|should|shall|will) )*(?:answer|reply|respond|say|output|print|tell the (?:user|reader|person))"
    r"\b\W*(?:only|exactly|that|with|as follows|to (?:every|any|all)|:|the following|\")"
    r"|<\|[a-z_]+\|>|\[/?INST\]|^\W*#+ ?(?:instruction|system)\b",
    re.IGNORECASE | re.MULTILINE,
)


def instructs(sentence: str) -> bool:
    """Whether a sentence tells a language model what to do."""
    return bool(_INSTRUCTS.search(" ".join(sentence.split())))


def quotes_an_instruction(quote: Quote, text: str) -> bool:
    """Whether a quote reaches into a sentence of the passage ``text`` that :func:`instructs`."""
    return any(start < quote.end and quote.start < end and instructs(text[start:end]) for start, end in sentence_spans(text))
