"""Pure decisions: which law a text names, and the questions that go over several links."""
