"""Reads source files into checked records; knows files, never a store (but for ``run``)."""
