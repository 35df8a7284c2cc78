"""The operations beside FHIR's own interactions, one module each."""
