"""Read Markdown session logs of many formats as sessions."""
