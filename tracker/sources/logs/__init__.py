"""Markdown logs, understood: what people wrote after a session, in whatever shape, as sessions."""
