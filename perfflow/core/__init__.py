"""What every stage leans on: access, facts, the only writer of a state, the journal. Database yes, Flask no."""
