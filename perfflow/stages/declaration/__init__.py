"""申报: the declaration of performance targets, and objects registered without one."""
