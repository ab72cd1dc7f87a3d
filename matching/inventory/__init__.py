"""What is offered where and for whom, and where nothing is."""
