"""The made-up clinic and its people, as FHIR resources dated from the demo clock."""
