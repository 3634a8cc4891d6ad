"""Drafts: kept while somebody writes, shown, and discarded."""
