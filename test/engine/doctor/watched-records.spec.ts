// The daily check of CAA locks and dns-persist-01 records: a real BIND, a database, a clock that the test sets, and the
// messages and the list of what needs attention that follow.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDnsResolver } from '../../../src/main/engine/dns/lookup/resolver.ts';
import { createCaaLocks } from '../../../src/main/engine/doctor/caa-locks.ts';
import { createPersistRecords } from '../../../src/main/engine/doctor/persist-records.ts';
import { findNeeds } from '../../../src/main/engine/overview/overview.ts';
import { type Bind, startBind } from '../../support/dns/bind.ts';
import { applyFixes } from '../../support/doctor/doctor-rig.ts';
import { QUIET } from '../../support/engine/database.ts';
import {
  createNotificationRig,
  MINUTE,
  type NotificationRig,
} from '../../support/engine/notification-rig.ts';
import { SPEC } from '../../support/engine/records.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/engine/webhook-receiver.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';
import { describeWith } from '../../support/tools/tools.ts';

const DIRECTORY = 'https://ca.example/directory';
const ACCOUNT = 'https://ca.example/acct/1';
const NAME = 'host-1.example.com';
const VALID = `ca.example; accounturi=${ACCOUNT}`;
const DAY = 86_400_000;
const HOUR = 3_600_000;

describeWith(['bind9'], 'watched DNS records', () => {
  let bind: Bind;
  let rig: NotificationRig;
  let receiver: WebhookReceiver;
  let seen = 0;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    // The second name server does not answer until a test starts it.
    bind = await startBind({ zones: [{ name: 'example.com', nameServers: ['127.0.0.1', '127.0.0.2'] }] });
    rig = await createNotificationRig();
    receiver = await startWebhookReceiver();
    await rig.notifications().create({
      type: 'webhook',
      name: 'all',
      enabled: true,
      kinds: ['action_needed'],
      webhook: { preset: 'generic', url: `${receiver.url}/hook` },
    });
    await rig.stores.accounts.create({
      id: 'a1',
      directoryUrl: DIRECTORY,
      email: null,
      url: ACCOUNT,
      keySealed: new Uint8Array(),
      createdAt: '2026-01-01T00:00:00Z',
    });
    await certificate();
  });
  afterAll(async () => {
    await rig?.stop();
    await Promise.all([bind?.stop(), receiver?.stop()]);
  });

  const certificate = (dnsProvider: string | null = null) => {
    const spec = {
      ...SPEC,
      ca: DIRECTORY,
      names: [NAME],
      challengeType: 'dns-persist-01' as const,
      dnsProvider,
    };
    return rig.certificate(1, { spec, accountId: 'a1' });
  };
  const deps = () => ({
    stores: rig.stores,
    journal: rig.journal,
    resolver: createDnsResolver({
      servers: [bind.server],
      authorityPort: bind.port,
      addressPolicy: LOOPBACK_POLICY,
    }),
    acme: { directory: async () => ({ meta: { caaIdentities: ['ca.example'] } }) as never },
    openAccount: async () => null,
    clock: { now: rig.now },
    log: QUIET,
    directories: {},
  });
  const publish = (values: readonly string[]) =>
    bind.update('example.com', `_validation-persist.${NAME}`, values);
  const needs = async () =>
    (await findNeeds(rig.stores, null, rig.now())).map(({ kind, severity }) => [kind, severity]);
  const take = () => {
    const fresh = receiver.received.slice(seen).map(({ body }) => JSON.parse(body));
    seen = receiver.received.length;
    return fresh;
  };
  /** Lets time pass, checks what is due, and delivers what it found. */
  async function pass(ms: number): Promise<void> {
    await rig.pass(ms);
    await createPersistRecords(deps()).sweep(signal);
    await createCaaLocks(deps()).sweep(signal);
    await rig.pass(MINUTE);
    await rig.pass(MINUTE);
  }
  const until = (days: number) => Math.floor(rig.now().getTime() / 1000) + days * 86_400;

  it('checks dns-persist-01 records every day, and raises and clears the alarm', async () => {
    await publish([VALID]);
    await pass(MINUTE);
    expect(await rig.stores.persistRecords.get('p1')).toMatchObject({ state: 'valid' });
    await publish([]);
    await pass(HOUR);
    expect(await needs()).toEqual([]); // not due yet
    await pass(DAY);
    expect(await needs()).toEqual([['persist_record', 'critical']]);
    expect(take()).toMatchObject([
      {
        kind: 'action_needed',
        state: 'problem',
        items: [
          {
            cause: `_validation-persist.${NAME}: There is no record of this CA. The next renewal will fail.`,
          },
        ],
      },
    ]);
    await publish([VALID]);
    await pass(HOUR); // sooner than a day
    expect(await needs()).toEqual([]);
    expect(take()).toMatchObject([{ kind: 'action_needed', state: 'resolved' }]);
  });

  it('raises the alarm before persistUntil', async () => {
    await publish([`${VALID}; persistUntil=${until(16)}`]);
    await pass(DAY);
    expect(await needs()).toEqual([]);
    await pass(2 * DAY);
    expect(await needs()).toEqual([['persist_record', 'warning']]);
    expect(take()).toMatchObject([{ items: [{ cause: expect.stringContaining('ends soon') }] }]);
    await publish([`${VALID}; persistUntil=${until(90)}`]);
    await pass(DAY);
    expect(take()).toMatchObject([{ state: 'resolved' }]);
  });

  it('only warns if the DNS provider creates the record at the next renewal', async () => {
    await certificate('cloudflare');
    await publish([]);
    await pass(MINUTE); // a new certificate is checked at once
    expect(await needs()).toEqual([['persist_record', 'warning']]);
    expect(take()).toMatchObject([
      { items: [{ cause: expect.stringContaining('The next renewal creates it at the DNS provider.') }] },
    ]);
    await certificate();
    await publish([VALID]);
    await pass(MINUTE);
    expect(take()).toMatchObject([{ state: 'resolved' }]);
  });

  it('keeps an alarm while DNS cannot be read, and checks no longer after another method', async () => {
    await publish([`ca.example; accounturi=${ACCOUNT}0`]);
    await pass(DAY);
    expect(take()).toHaveLength(1);
    const dead = createDnsResolver({ servers: ['127.0.0.1:1'], addressPolicy: LOOPBACK_POLICY });
    await rig.pass(DAY);
    await createPersistRecords({ ...deps(), resolver: dead }).sweep(signal);
    expect(await rig.stores.persistRecords.get('p1')).toMatchObject({ state: 'other-account' });
    await rig.certificate(1, { spec: { ...SPEC, ca: DIRECTORY, names: [NAME] }, accountId: 'a1' });
    await pass(MINUTE);
    expect(await rig.stores.persistRecords.get('p1')).toBeNull();
    expect(await needs()).toEqual([]);
    take();
  });

  it('checks watched CAA records every day, and raises and clears the alarm', async () => {
    const open = await createCaaLocks(deps()).watch('p1', signal);
    const fixes = open.add.map((text) => ({ kind: 'add-record' as const, text }));
    await applyFixes(bind, 'example.com', fixes);
    await pass(DAY);
    expect(await rig.stores.caaLocks.get('p1')).toMatchObject({ state: 'locked' });
    const other = { kind: 'add-record' as const, text: `${NAME}. 300 IN CAA 0 issue "other.example"` };
    await applyFixes(bind, 'example.com', [
      ...open.add.map((text) => ({ kind: 'remove-record' as const, text: text.replace(' 300 ', ' ') })),
      other,
    ]);
    await pass(DAY);
    expect(await needs()).toEqual([['caa_forbidden', 'critical']]);
    expect(take()).toMatchObject([
      { kind: 'action_needed', items: [{ cause: expect.stringContaining('other.example') }] },
    ]);
    await applyFixes(bind, 'example.com', fixes);
    await pass(DAY);
    expect(await needs()).toEqual([]);
    expect(take()).toMatchObject([{ state: 'resolved' }]);
  });

  it('reads every authoritative server, and says which of them differs', async () => {
    await certificate();
    await publish([VALID]);
    const { add } = await createCaaLocks(deps()).get('p1', signal); // the method is another one now
    await applyFixes(
      bind,
      'example.com',
      add.map((text) => ({ kind: 'add-record' as const, text })),
    );
    await pass(DAY);
    expect(await needs()).toEqual([]);
    const second = await startBind({
      zones: [{ name: 'example.com', records: ['host-1 CAA 0 issue "other.example"'] }],
      address: '127.0.0.2',
      port: bind.port,
    });
    try {
      const differs = 'The name servers differ: this is the answer of ns2.example.com (127.0.0.2).';
      const report = await createPersistRecords(deps()).get('p1', signal);
      expect(report.records).toMatchObject([
        { state: 'missing', message: `There is no record of this CA. ${differs}` },
      ]);
      const lock = await createCaaLocks(deps()).get('p1', signal);
      expect(lock).toMatchObject({ state: 'forbidden', message: expect.stringContaining(differs) });
      expect(await needs()).toEqual([['caa_forbidden', 'critical']]); // one of a project
      expect(await rig.stores.persistRecords.get('p1')).toMatchObject({ state: 'missing' });
    } finally {
      await second.stop();
    }
    await pass(DAY);
    expect(await needs()).toEqual([]);
  });
});
