"""Threads and the inbox: reads what the stories below decided, and calls their verbs."""
