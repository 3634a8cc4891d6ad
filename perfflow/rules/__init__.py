"""What a machine can check in the papers. Pure: values in, problems out."""
