"""What the literature says: a starter corpus of short notes, their retrieval, and cited evidence for a design goal."""
