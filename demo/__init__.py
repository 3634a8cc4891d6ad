"""The real documents of two Shanghai offices, and the story that plays them."""
