"""Flask plumbing: who may enter, how a page is made, how an error is told."""
