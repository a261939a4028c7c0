"""The demo's flood night: a reconstructed storm fed minute by minute, and the people of the district acting on it."""
