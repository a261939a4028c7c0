"""What may be entered as a counted fact, which entries a number takes, and the rows that the bureau counts by."""
