"""Result tables: shown, exported, published, taken back."""
