"""One folder a kind of channel; setup.py reads which of them this installation has."""
