"""版本对比: what changed from one submission to another."""
