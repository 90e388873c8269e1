"""Screening of structure libraries of any size against a spec: streamed, journalled, cheap conditions first."""
