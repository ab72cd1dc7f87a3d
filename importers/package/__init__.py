"""The project's own interchange format: exchange packages."""
