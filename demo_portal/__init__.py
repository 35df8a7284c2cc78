"""A small FHIR R4 server with made-up patients, so that everything can be tried without a hospital."""
