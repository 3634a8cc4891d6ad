"""What users do, stage by stage. No stage imports another; what two share lies in core or in the tables."""
