"""问题: what the firm found, what the unit says to it, the firm replies, and the supervisor rules."""
