"""Find and call plug-ins."""
