"""The doors: command line, service, wiring. No chemistry and no SQL."""
