// The conformance suite for manual records: Certdesk itself writes and removes nothing.
import { describe, expect, test } from 'vitest';
import {
  type Exception,
  type ProviderRig,
  testDnsProviderRecords,
} from '../../../support/dns/conformance.ts';
import { openProvider } from '../../../support/dns/provider-on-stand-in.ts';

const signal = new AbortController().signal;
const NAME = '_acme-challenge.www.example.com';
const ZONE = { id: 'example.com', name: 'example.com' };

async function startRig(): Promise<ProviderRig> {
  const person: string[] = [];
  const open = () => openProvider('manual', { endpoint: null, credentials: {}, secrets: [] });
  const record = async (_: unknown, value: string) => ({ zone: ZONE, name: NAME, value });
  return {
    name: NAME,
    open,
    record,
    absent: (bench) => record(bench, 'any'),
    values: async () => person,
    put: async (value) => void person.push(value),
    silence: async () => ({ bench: await open(), record: await record(null, 'any'), isCalled: () => true }),
    close: async () => {},
  };
}

/** It returns the record at once, and leaves the rest to dns-01.ts. */
const leavesItToAPerson: Exception['check'] = async (rig) => {
  const { provider } = await rig.open();
  await rig.put('of a person');
  const record = await rig.record(await rig.open(), 'one');
  const ref = await provider.addTxt(record, signal);
  expect(provider.refFor?.(record)).toEqual(ref);
  await provider.removeTxt(ref, signal);
  await provider.removeTxt(ref, signal);
  expect(await rig.values()).toEqual(['of a person']);
  expect(provider).toMatchObject({ manual: true, zoneOptional: true });
};
const exception = (reason: string): Exception => ({ reason, check: leavesItToAPerson });

testDnsProviderRecords({
  name: 'manual',
  setup: startRig,
  exceptions: {
    writing: exception('a person writes'),
    removing: exception('a person removes'),
    'foreign values': exception('a person keeps what a person put there'),
    zones: exception('a person finds the zone'),
    credentials: exception('there are none'),
    'time-outs': exception('nobody is called'),
    aborts: exception('nobody is called'),
  },
});

describe('manual', () => {
  test('takes no credentials', async () => {
    const opened = openProvider('manual', { endpoint: null, credentials: { token: 'x' }, secrets: [] });
    await expect(opened).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
