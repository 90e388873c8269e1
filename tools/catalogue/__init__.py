"""What can be asked for: one definition a property, one class a requirement kind."""
