"""Mail in: parsed, sorted and kept, then read by the worker; the slow lane and its picking."""
