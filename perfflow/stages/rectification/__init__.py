"""整改: the items of a notice, from plan to verdict, and the summary of the whole."""
