"""Pure decisions of warnings: no Django, no clock, no database."""
