"""JSON for machines: the same verbs as the pages, as an OpenAPI service."""
