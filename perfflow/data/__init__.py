"""Tables of facts that ship with the product."""
