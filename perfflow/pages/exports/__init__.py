"""Papers that go out: Word in official layout, Excel, and the whole file of a project."""
