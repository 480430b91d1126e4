"""One module for each word of the command line; each has main(arguments) and returns the exit code."""
