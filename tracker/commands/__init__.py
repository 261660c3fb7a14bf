"""What each command does, with typed input and output; `tracker/cli` parses the arguments and prints the results."""
