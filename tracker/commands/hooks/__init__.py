"""`tracker hook`: what coding agents and git run when a session starts, stops or commits."""
