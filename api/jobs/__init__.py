"""Long work: a table of jobs, leases that hold them, the worker that does them, and imports as jobs."""
