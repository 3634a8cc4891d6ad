"""Log-in, log-out, one's own password."""
