"""What the world says."""
