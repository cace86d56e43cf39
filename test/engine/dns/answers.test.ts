// What a server answers is shown to callers without limits only: a token for some projects may have named the server.
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDnsChooser } from '../../../src/main/engine/challenges/dns-choice.ts';
import { createDnsProvider } from '../../../src/main/engine/dns/providers.ts';
import { createJournal } from '../../../src/main/engine/journal.ts';
import type { Recipe } from '../../../src/main/engine/model.ts';
import type { SavedBy } from '../../../src/main/engine/outgoing/saved-by.ts';
import type { SecretStore } from '../../../src/main/engine/ports.ts';
import { openTestDatabase, QUIET } from '../../support/database.ts';
import { failureOf } from '../../support/dns-bench.ts';
import { LOOPBACK_POLICY } from '../../support/network.ts';
import { portOf } from '../../support/ports.ts';

const INSIDE = 'an internal secret';
let server: Server;
let answer: RequestListener;

beforeEach(async () => {
  server = createServer((request, reply) => answer(request, reply));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const credentials = () => ({
  baseUrl: `http://127.0.0.1:${portOf(server)}`,
  apiUser: 'some-user',
  apiKey: 'some-key',
  subdomain: 'sub',
});

async function add(showAnswers: boolean): Promise<string> {
  const provider = await createDnsProvider('acmedns', credentials(), {
    endpoint: null,
    clock: { now: () => new Date() },
    log: QUIET,
    addressPolicy: LOOPBACK_POLICY,
    origin: 'open',
    acmeShFolder: null,
    showAnswers,
    sleep: async () => undefined,
  });
  const record = { zone: { id: 'z', name: 'z' }, name: 'sub.127.0.0.1', value: 'v' };
  const error = await failureOf(provider.addTxt(record, new AbortController().signal));
  return `${JSON.stringify(error.toBody())} ${error.cause}`;
}

it.each<[string, RequestListener]>([
  ['a refusal', (_, reply) => reply.writeHead(400).end(JSON.stringify({ error: INSIDE }))],
  ['a refusal of the credentials', (_, reply) => reply.writeHead(401).end(JSON.stringify({ error: INSIDE }))],
  ['a page', (_, reply) => reply.end(`<html><h1>${INSIDE}</h1></html>`)],
  ['a failure', (_, reply) => reply.writeHead(500).end(INSIDE)],
])('%s is shown in full, or not at all', async (_, listener) => {
  answer = listener;
  expect(await add(true)).toContain(INSIDE);
  expect(await add(false)).not.toContain(INSIDE);
});

it('whether a token for some projects sent the credentials is kept with them, for renewals too', async () => {
  const database = openTestDatabase();
  const { stores } = database;
  const journal = createJournal(stores, { now: () => new Date() }, QUIET);
  const kept = new Map<string, string>();
  const secrets: SecretStore = {
    kind: 'sealed-file',
    get: async (name) => kept.get(name) ?? null,
    set: async (name, value) => void kept.set(name, value),
    delete: async (name) => void kept.delete(name),
    names: async () => [...kept.keys()],
  };
  const act = {
    actor: { kind: 'token', id: 't', name: 'a token', address: null },
    limited: true,
    operation: 'certificates.obtain',
    summary: 'Obtain',
    projectId: 'p1',
    record: 'changes',
  } as const;
  const savedBy = await journal.perform<SavedBy>(act, async () => journal.savedBy());
  expect(savedBy).toEqual({ kind: 'token', id: 't', name: 'a token', limited: true });
  const chooser = createDnsChooser({ stores, secrets, acmeShFolder: null });
  const recipe = { dnsProvider: 'acmedns', dnsCredentialId: null } as Recipe;
  await chooser.keep('p1', recipe, { dnsCredentials: credentials(), savedBy });
  expect((await chooser.values('p1', recipe, {})).savedBy).toEqual(savedBy);
  await database.close();
});
