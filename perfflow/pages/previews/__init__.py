"""A PDF or a picture, looked at without leaving the page."""
