"""What cuts across the stages, one folder a page."""
