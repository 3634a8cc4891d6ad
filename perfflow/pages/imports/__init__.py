"""Papers in: uploaded, looked at beside what is stored, and taken in by the very commands that typing uses."""
