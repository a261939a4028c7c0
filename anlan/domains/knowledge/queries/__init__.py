"""Reads: the graph around a node, questions over several links, and the register of laws."""
