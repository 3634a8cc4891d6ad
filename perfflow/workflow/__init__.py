"""The engine: reads a definition, knows nothing of projects, needs the standard library only."""
