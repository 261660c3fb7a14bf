"""Callbacks for training loops that are not one's own: one module a library, imported only by those who have it."""
