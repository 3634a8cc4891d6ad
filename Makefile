# Thin names for app.py, which does the same where make is missing.
PORT ?= 8000

run:
	python3 app.py run --port $(PORT)

test:
	python3 app.py test

check:
	python3 app.py check

.PHONY: run test check
