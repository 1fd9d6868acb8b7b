"""What can be taken from a report: its tables and figures by name, and files for elsewhere."""
