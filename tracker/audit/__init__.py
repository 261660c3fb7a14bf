"""The stale-file audit: which tracked files are stale, why, and how sure."""
