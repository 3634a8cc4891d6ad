"""评价: the assignment of a firm, its declaration of independence, the score sheet and the result."""
