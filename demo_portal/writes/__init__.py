"""What a patient may write: one rule a type, beside what FHIR itself asks of a resource."""
