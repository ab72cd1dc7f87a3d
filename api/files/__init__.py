"""Answers as files for other programs: workbooks, inventories, calendars, backups."""
