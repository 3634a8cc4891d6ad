"""建议: what the firm suggests to each finding, and the notice by which the supervisor issues it."""
