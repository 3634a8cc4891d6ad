"""Pictures of the product, and how they are made."""
