"""Benchmarks against peers and limits: one module a bench, each exposing `run() -> list[Result]`."""
