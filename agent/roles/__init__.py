"""The reasoning roles. Each has a folder with its protocol, its built-in form and the form that a language model backs; see ``choose``."""
