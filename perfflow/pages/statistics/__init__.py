"""统计: what there is in reach, counted, and each number a link to its rows."""
