import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createDns01Solver,
  type Dns01Deps,
  dns01Value,
} from '../../../../src/main/engine/challenges/dns-01.ts';
import type { ChallengeTask, SolverContext } from '../../../../src/main/engine/challenges/solver.ts';
import { CertdeskError } from '../../../../src/main/engine/core/errors.ts';
import { createKeyedMutex } from '../../../../src/main/engine/core/keyed-mutex.ts';
import type { Json } from '../../../../src/main/engine/core/model.ts';
import type { DnsProvider } from '../../../../src/main/engine/dns/providers/provider.ts';
import { createMemoryProvider, type MemoryProvider } from '../../../support/dns/memory-provider.ts';
import { toAnswer } from '../../../support/dns/name-server.ts';
import { type DnsWorld, startDnsWorld } from '../../../support/dns/world.ts';

const NAME = '_acme-challenge.example.com';
const ZONES = [{ id: 'z1', name: 'example.com' }];
let world: DnsWorld;
let provider: MemoryProvider;
let logged: string[];
let reports: { step: string; message: string; data: Json }[];

beforeEach(async () => {
  provider = createMemoryProvider(ZONES);
  logged = [];
  reports = [];
  world = await startDnsWorld({
    authorities: [
      ({ name, type }) => {
        const own = [...provider.records].filter((key) => key.startsWith(`${name} `));
        const answers = own.map((key) => toAnswer(name, 'TXT', key.slice(name.length + 1)));
        return { authoritative: true, answers: type === 'TXT' ? answers : [] };
      },
    ],
  });
});
afterEach(() => world?.close());

const deps = (more: Partial<Dns01Deps> = {}): Dns01Deps => {
  const note = (_data: object, message: string) => void logged.push(message);
  return {
    providerId: 'memory',
    provider,
    resolver: world.resolver,
    propagation: { timeout: 20, interval: 0.1 },
    locks: createKeyedMutex(),
    log: { debug: note, info: note, warn: note, error: note },
    ...more,
  };
};

/** A challenge as order-state.ts stores it: saved values are in the next task. */
const challenge = (identifier: string, key: string, abort = new AbortController()) => {
  const saved: Json[] = [];
  const context: SolverContext = {
    signal: abort.signal,
    report: (step, message, data = null) => void reports.push({ step, message, data }),
    save: async (ref) => void saved.push(JSON.parse(JSON.stringify(ref))),
  };
  const task = (): ChallengeTask => ({
    identifier,
    wildcard: false,
    token: key,
    keyAuthorization: key,
    ref: saved.at(-1) ?? null,
  });
  return { saved, context, task };
};

test('the value is the digest of the key authorization', () => {
  // echo -n 'token.thumbprint' | openssl dgst -sha256 -binary | basenc --base64url
  expect(dns01Value('token.thumbprint')).toBe('61rBZ_4knHblO0MNoxFsXZ_eTFUHum0B6IVRbhvUn5I');
});

describe('a dns-01 challenge', () => {
  test('writes the record, waits and removes it', async () => {
    const solver = createDns01Solver(deps());
    const { context, task } = challenge('example.com', 'k1');
    await solver.present(task(), context);
    expect(provider.records).toEqual(new Set([`${NAME} ${dns01Value('k1')}`]));
    await solver.awaitVisible([task()], context);
    await solver.cleanUp(task(), context);
    expect(provider.records.size).toBe(0);
    expect(reports.map(({ step }) => step)).toEqual([
      'challenge',
      'dns-propagation',
      'dns-propagation',
      'clean-up',
    ]);
  });

  test('saves its intent before it writes, and the record reference afterwards', async () => {
    const { context, task, saved } = challenge('example.com', 'k1');
    provider.before = async (call) => {
      if (!call.startsWith('add')) return;
      expect(saved).toMatchObject([
        {
          provider: 'memory',
          zone: ZONES[0],
          name: NAME,
          value: dns01Value('k1'),
          written: false,
          record: null,
        },
      ]);
    };
    await createDns01Solver(deps()).present(task(), context);
    expect(saved[1]).toMatchObject({ written: true, record: { key: `${NAME} ${dns01Value('k1')}` } });
  });

  test('keeps the records of a wildcard and its apex together, and removes each on its own', async () => {
    const solver = createDns01Solver(deps());
    const [apex, wildcard] = [challenge('example.com', 'k1'), challenge('example.com', 'k2')];
    await Promise.all([apex, wildcard].map(({ task, context }) => solver.present(task(), context)));
    await solver.awaitVisible([apex.task(), wildcard.task()], apex.context);
    expect(reports.at(-1)?.data).toMatchObject({ expected: [dns01Value('k1'), dns01Value('k2')] });
    await solver.cleanUp(apex.task(), apex.context);
    expect([...provider.records]).toEqual([`${NAME} ${dns01Value('k2')}`]);
    expect(provider.calls.filter((call) => call === 'list')).toHaveLength(1);
  });

  test('fails if a record does not show', async () => {
    const solver = createDns01Solver(deps({ timing: world.timing }));
    const { context, task } = challenge('example.com', 'k1');
    await solver.present(task(), context);
    provider.records.clear();
    await expect(solver.awaitVisible([task()], context)).rejects.toMatchObject({
      code: 'DNS_PROPAGATION_TIMEOUT',
    });
  });

  test('stops waiting for other names when the first one fails', async () => {
    const solver = createDns01Solver(deps({ timing: world.timing }));
    const [broken, waiting] = [challenge('example.com', 'k1'), challenge('www.example.com', 'k2')];
    for (const { task, context } of [broken, waiting]) await solver.present(task(), context);
    provider.records.clear();
    const known = world.recursor.respond;
    world.recursor.respond = (question) =>
      question.name === 'broken.example' ? { rcode: 'SERVFAIL' } : known(question);
    const ref = { ...Object(broken.task().ref), delegatedZone: 'broken.example' };
    const waited = solver.awaitVisible([{ ...broken.task(), ref }, waiting.task()], broken.context);
    await expect(waited).rejects.toMatchObject({ code: 'DNS_LOOKUP_FAILED' });
    expect(world.timing.waiting).toBe(0); // no further poll is planned
  });

  test('refuses a zone that is not in the account before it writes', async () => {
    provider = createMemoryProvider([{ id: 'z', name: 'example.org' }]);
    const { context, task, saved } = challenge('example.com', 'k1');
    const failed = createDns01Solver(deps()).present(task(), context);
    await expect(failed).rejects.toMatchObject({ code: 'DNS_ZONE_NOT_FOUND' });
    expect(saved).toEqual([]);
  });

  test('requests a list of zones again that failed', async () => {
    const solver = createDns01Solver(deps());
    const { context, task } = challenge('example.com', 'k1');
    provider.before = () => Promise.reject(new CertdeskError('DNS_PROVIDER_UNAVAILABLE'));
    await expect(solver.present(task(), context)).rejects.toMatchObject({ code: 'DNS_PROVIDER_UNAVAILABLE' });
    provider.before = async () => {};
    await solver.present(task(), context);
  });
});

describe('after a kill', () => {
  const killedWhileWriting = async (arrived: boolean) => {
    const own = challenge('example.com', 'k1');
    provider.before = async (call) => {
      if (call.startsWith('add')) throw new Error('killed');
    };
    await createDns01Solver(deps())
      .present(own.task(), own.context)
      .catch(() => {});
    provider.before = async () => {};
    if (arrived) provider.records.add(`${NAME} ${dns01Value('k1')}`);
    expect(own.task().ref).toMatchObject({ written: false });
    return own;
  };

  test.each([true, false])('cleans up an intent (the record was there: %s)', async (arrived) => {
    const { context, task } = await killedWhileWriting(arrived);
    await createDns01Solver(deps()).cleanUp(task(), context);
    expect(provider.records.size).toBe(0);
  });

  test('cleans up an intent by value if the provider can', async () => {
    const { context, task } = await killedWhileWriting(true);
    const { calls } = provider;
    calls.length = 0;
    const byValue = {
      ...provider,
      refFor: ({ name, value }: { name: string; value: string }) => ({ key: `${name} ${value}` }),
    };
    await createDns01Solver(deps({ provider: byValue })).cleanUp(task(), context);
    expect(calls).toEqual([`remove ${NAME} ${dns01Value('k1')}`]);
    expect(provider.records.size).toBe(0);
  });

  test('presents again for a resumed order, in the zone where it started', async () => {
    const { context, task, saved } = await killedWhileWriting(true);
    provider.calls.length = 0;
    await createDns01Solver(deps()).present(task(), context);
    expect(provider.calls).toEqual([`add ${NAME} ${dns01Value('k1')}`]);
    expect(saved.at(-1)).toMatchObject({ written: true });
  });

  test('cleans up nothing if nothing was saved', async () => {
    const { context, task } = challenge('example.com', 'k1');
    await createDns01Solver(deps()).cleanUp(task(), context);
    expect(provider.calls).toEqual([]);
  });
});

describe('concurrent writers', () => {
  test('to one name run one after another across solvers, and to others concurrently', async () => {
    const locks = createKeyedMutex();
    let now = 0;
    const together = Promise.withResolvers<void>();
    const most: Record<string, number> = {};
    const running: Record<string, number> = {};
    provider.before = async (call) => {
      if (!call.startsWith('add')) return;
      const name = call.split(' ')[1] ?? '';
      running[name] = (running[name] ?? 0) + 1;
      now += 1;
      most[name] = Math.max(most[name] ?? 0, running[name]);
      most.all = Math.max(most.all ?? 0, now);
      if (now === 2) together.resolve();
      await together.promise;
      running[name] -= 1;
      now -= 1;
    };
    const all = ['example.com', 'example.com', 'example.com', 'www.example.com'].map((identifier, index) => {
      const { task, context } = challenge(identifier, `k${index}`);
      return createDns01Solver(deps({ locks })).present(task(), context);
    });
    await Promise.all(all);
    expect(most[NAME]).toBe(1);
    expect(most.all).toBe(2);
    expect(provider.records.size).toBe(4);
  });
});

describe('a failed clean-up', () => {
  test('is reported, logged and thrown', async () => {
    const solver = createDns01Solver(deps());
    const { context, task } = challenge('example.com', 'k1');
    await solver.present(task(), context);
    const failure = new CertdeskError('DNS_PROVIDER_UNAVAILABLE', 'Unreachable.');
    provider.before = () => Promise.reject(failure);
    await expect(solver.cleanUp(task(), context)).rejects.toBe(failure);
    const text = `The TXT record ${NAME} could not be removed: Unreachable.`;
    expect(logged).toEqual([text]);
    expect(reports.at(-1)).toMatchObject({ step: 'clean-up', message: text });
  });
});

describe('a provider that cannot tell whether a call worked', () => {
  const refFor = ({ name, value }: { name: string; value: string }) => ({ key: `${name} ${value}` });
  const start = (more: Partial<DnsProvider>) => {
    provider = createMemoryProvider(ZONES, { unsure: true, refFor, ...more });
    return { solver: createDns01Solver(deps()), ...challenge('example.com', 'k1') };
  };
  const failing = () => Promise.reject(new CertdeskError('DNS_PROVIDER_REFUSED', 'No.'));

  test('and did not remove the record is detected', async () => {
    const { solver, task, context } = start({ removeTxt: async () => {} });
    await solver.present(task(), context);
    await solver.cleanUp(task(), context);
    expect(reports.at(-1)?.message).toMatch(/still visible on 127\.0\.0\.2:\d+/);
  });

  test('and reports a failure is believed only if the record still shows', async () => {
    const { solver, task, context } = start({ removeTxt: failing, addTxt: failing });
    await expect(solver.present(task(), context)).rejects.toThrow('No.');
    provider.records.add(`${NAME} ${dns01Value('k1')}`);
    await solver.present(task(), context);
    await expect(solver.cleanUp(task(), context)).rejects.toThrow('No.');
    provider.records.clear();
    await solver.cleanUp(task(), context);
  });
});

describe('manual records', () => {
  test('are shown to the user, may be confirmed, and are to be removed afterwards', async () => {
    provider = createMemoryProvider(null, { manual: true, zoneOptional: true, addTxt: async () => null });
    const said = Promise.withResolvers<void>();
    const asked: string[] = [];
    const confirmed = (name: string) => {
      asked.push(name);
      return said.promise;
    };
    const solver = createDns01Solver(deps({ confirmed, propagation: { timeout: 60, interval: 1 } }));
    const { context, task } = challenge('example.com', 'k1');
    await solver.present(task(), context);
    expect(reports[0]).toMatchObject({
      message: `Create the TXT record ${NAME} with the value ${dns01Value('k1')} and keep existing values of the name`,
      data: { action: 'add', name: NAME, type: 'TXT', value: dns01Value('k1') },
    });
    const waiting = solver.awaitVisible([task()], context);
    await expect.poll(() => reports.some(({ step }) => step === 'dns-propagation')).toBe(true);
    said.resolve();
    await waiting;
    expect(asked).toEqual([NAME]);
    await solver.cleanUp(task(), context);
    expect(reports.at(-1)).toMatchObject({
      message: expect.stringContaining('remove it'),
      data: { action: 'remove' },
    });
  });

  test('need no confirmation once the record shows', async () => {
    provider = createMemoryProvider(null, { manual: true });
    const solver = createDns01Solver(deps({ confirmed: () => new Promise(() => {}) }));
    const { context, task } = challenge('example.com', 'k1');
    await solver.present(task(), context);
    await solver.awaitVisible([task()], context);
  });
});
