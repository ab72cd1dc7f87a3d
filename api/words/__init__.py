"""What is said of an answer, in sentences: the same on the command line, in pages, papers and mail."""
