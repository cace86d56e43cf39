// dns-01 from the solver down: a real Pebble validates the records that real providers' code has written to a real BIND
// 9.
import { createPrivateKey } from 'node:crypto';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCsr } from '../../../../src/main/engine/acme/client.ts';
import { createDns01Solver } from '../../../../src/main/engine/challenges/dns-01.ts';
import type { ChallengeTask, SolverContext } from '../../../../src/main/engine/challenges/solver.ts';
import { createKeyedMutex } from '../../../../src/main/engine/core/keyed-mutex.ts';
import type { Json } from '../../../../src/main/engine/core/model.ts';
import { createDnsResolver } from '../../../../src/main/engine/dns/lookup/resolver.ts';
import { acmeSh } from '../../../../src/main/engine/dns/providers/acme-sh/acme-sh.ts';
import { acmedns } from '../../../../src/main/engine/dns/providers/acmedns.ts';
import { manual } from '../../../../src/main/engine/dns/providers/manual.ts';
import type { DnsProvider } from '../../../../src/main/engine/dns/providers/provider.ts';
import { rfc2136 } from '../../../../src/main/engine/dns/providers/rfc2136/rfc2136.ts';
import { makeKey, pollOrder } from '../../../support/acme/issue.ts';
import { leafOf, type PebbleRig, startPebbleRig } from '../../../support/acme/pebble-rig.ts';
import { type Bind, startBind } from '../../../support/dns/bind.ts';
import { startAcmeDns } from '../../../support/dns/stand-ins/acmedns.ts';
import type { OnChange } from '../../../support/dns/stand-ins/zone-table.ts';
import { openTestProvider } from '../../../support/dns/test-provider.ts';
import { LOOPBACK_POLICY } from '../../../support/tools/network.ts';
import { toolPath } from '../../../support/tools/tools.ts';

const SUBDOMAIN = 'a097455b-52cc-4569-90c8-7a4b97c6eba8';
let bind: Bind;
let rig: PebbleRig;
const locks = createKeyedMutex();

beforeAll(async () => {
  bind = await startBind({
    zones: [
      {
        name: 'example.com',
        records: [
          'sub NS ns1.sub',
          'ns1.sub A 127.0.0.1',
          '_acme-challenge.alias CNAME _acme-challenge.target.sub',
          `_acme-challenge.hosted CNAME ${SUBDOMAIN}.auth.example.org.`,
        ],
      },
      { name: 'sub.example.com' },
      { name: 'auth.example.org' },
    ],
  });
  rig = await startPebbleRig({ dnsServer: bind.server });
});
afterAll(async () => {
  await rig?.stop();
  await bind?.stop();
});

interface Run {
  readonly names: readonly string[];
  readonly provider: DnsProvider;
  /** Called with each reported step. */
  readonly watch?: (step: string, data: Json) => void;
}

/** The order of steps of RFC 8555, as in prove.ts; saved values go through JSON, like in the database. */
async function issue({ names, provider, watch = () => {} }: Run): Promise<{ chain: string; keyPem: string }> {
  const keyPem = makeKey();
  const session = await rig.open(); // its own account, so no authorization is valid already
  const solver = createDns01Solver({
    providerId: 'test',
    provider,
    resolver: createDnsResolver({
      servers: [bind.server],
      timeoutMs: 20_000,
      addressPolicy: LOOPBACK_POLICY,
    }),
    propagation: { timeout: 50, interval: 1 },
    locks,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const order = await session.createOrder({ names });
  const entries = await Promise.all(
    order.authorizations.map(async (url) => {
      const { identifier, wildcard, challenges } = await session.getAuthorization(url);
      const { url: challengeUrl = '', token = '' } = challenges.find(({ type }) => type === 'dns-01') ?? {};
      let saved: Json = null;
      const context: SolverContext = {
        signal: AbortSignal.timeout(115_000),
        report: (step, _message, data = null) => watch(step, data),
        save: async (ref) => {
          saved = JSON.parse(JSON.stringify(ref));
        },
      };
      const keyAuthorization = session.keyAuthorization(token);
      const task = (): ChallengeTask => ({
        identifier: identifier?.value ?? '',
        wildcard,
        token,
        keyAuthorization,
        ref: saved,
      });
      return { challengeUrl, context, task };
    }),
  );
  const [first] = entries;
  if (first === undefined) throw new Error('nothing to prove');
  try {
    await Promise.all(entries.map(({ task, context }) => solver.present(task(), context)));
    await solver.awaitVisible(
      entries.map(({ task }) => task()),
      first.context,
    );
    for (const { challengeUrl } of entries) await session.completeChallenge(challengeUrl);
    const ready = await pollOrder(session, order, ['pending']);
    expect(ready.status, JSON.stringify(ready.error)).toBe('ready');
    const valid = await pollOrder(
      session,
      await session.finalizeOrder(ready, await createCsr(names, keyPem)),
      ['processing', 'ready'],
    );
    return { chain: (await session.getCertificate(valid.certificate ?? '')).chain, keyPem };
  } finally {
    for (const { task, context } of entries) await solver.cleanUp(task(), context);
  }
}

const expectNames = ({ chain, keyPem }: { chain: string; keyPem: string }, names: readonly string[]) => {
  const leaf = leafOf(chain);
  expect(leaf.subjectAltName?.split(', ').sort()).toEqual(names.map((name) => `DNS:${name}`).sort());
  expect(leaf.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
};

const NAMES = [
  'example.com',
  '*.example.com',
  'host.sub.example.com',
  '*.sub.example.com',
  'alias.example.com',
];
const RECORDS = ['', 'host.sub.', 'sub.', 'target.sub.'].map((part) => `_acme-challenge.${part}example.com`);
const nothingLeft = async () => {
  for (const name of RECORDS) expect(await bind.lookup(name), name).toEqual([]);
};

describe('a certificate for a name, a wildcard with its apex, a delegated sub-zone and a CNAME', () => {
  test('is issued with rfc2136', async () => {
    const [key] = bind.keys;
    const { provider } = openTestProvider(rfc2136, {
      nameserver: bind.server,
      tsigKeyName: key?.name ?? '',
      tsigSecret: key?.secret ?? '',
    });
    expectNames(await issue({ names: NAMES, provider }), NAMES);
    await nothingLeft();
  });

  test('is issued with a script of acme.sh’s interface', async () => {
    const [key] = bind.keys;
    const names = ['example.com', '*.example.com'];
    const { provider } = openTestProvider(
      acmeSh,
      {
        script: 'dns_bindtest',
        environment: {
          BINDTEST_SERVER: '127.0.0.1',
          BINDTEST_PORT: String(bind.port),
          BINDTEST_ZONE: 'example.com',
          BINDTEST_NSUPDATE: toolPath('CERTDESK_TEST_NSUPDATE'),
          BINDTEST_KEY: `${key?.algorithm}:${key?.name}:${key?.secret}`,
        },
      },
      { acmeShFolder: resolve(import.meta.dirname, '../../../fixtures/acme-sh') },
    );
    expectNames(await issue({ names, provider }), names);
    await nothingLeft();
  });
});

test('a certificate is issued with records that a user adds', async () => {
  const names = ['by-hand.example.com'];
  const { provider } = openTestProvider(manual, {});
  let shown: { readonly name?: Json; readonly value?: Json } | null = null;
  const watch = (step: string, data: Json) => {
    const instruction = typeof data === 'object' && data !== null && 'action' in data ? data : null;
    if (step === 'challenge' && instruction?.action === 'add') shown = instruction;
    if (step !== 'dns-propagation' || shown === null) return;
    // Written after the first poll, which does not find it.
    void bind.update('example.com', String(shown.name), [String(shown.value)]);
    shown = null;
  };
  expectNames(await issue({ names, provider, watch }), names);
  await bind.update('example.com', '_acme-challenge.by-hand.example.com', []);
});

test('a certificate is issued with acme-dns, to which the name is an alias', async () => {
  const names = ['hosted.example.com', '*.hosted.example.com'];
  const onChange: OnChange = (zone, name, values) => bind.update(zone, name, values);
  const standIn = await startAcmeDns({ subdomain: SUBDOMAIN, onChange });
  try {
    const { fulldomain } = standIn.account;
    const { provider } = openTestProvider(acmedns, { ...standIn.credentials, baseUrl: standIn.endpoint });
    expectNames(await issue({ names, provider }), names);
    await expect(issue({ names: ['www.example.com'], provider })).rejects.toThrow(
      `_acme-challenge.www.example.com. CNAME ${fulldomain}.`,
    );
  } finally {
    await standIn.close();
  }
});
