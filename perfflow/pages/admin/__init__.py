"""People and settings: organisations, users, rights, 回避名单, and the log of events."""
