"""Routes: how a candidate could be made from listed starting materials by named reactions."""
