"""批量同意, 批量催办: choose, look at what would happen, confirm, read what became of each row."""
