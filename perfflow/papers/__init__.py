"""Word and Excel papers, both ways. Knows neither Flask nor the database nor the process."""
