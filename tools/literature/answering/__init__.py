"""Answers from the words of passages: which sentences answer a question, and whether any does."""
