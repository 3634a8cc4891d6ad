"""搜索: every text in reach, from two characters on."""
