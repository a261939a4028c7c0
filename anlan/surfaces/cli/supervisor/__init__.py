"""`anlan up`: PostgreSQL and every process of the house as children of one supervisor."""
