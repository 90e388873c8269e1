"""Pages and API: one application over the services, for people and programs on this machine."""
