"""The service layer: what the doors (command line, later HTTP) can ask for."""
