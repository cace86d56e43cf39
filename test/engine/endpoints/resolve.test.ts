import type { LookupAddress } from 'node:dns';
import { expect, it } from 'vitest';
import { resolveHost } from '../../../src/main/engine/endpoints/resolve.ts';
import type { LookUp } from '../../../src/main/engine/outgoing/address-policy.ts';

const { signal } = new AbortController();
const answering =
  (...addresses: readonly string[]): LookUp =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
const failing =
  (code: string): LookUp =>
  (_, __, callback) =>
    callback(Object.assign(new Error('failed'), { code }), []);
const resolve = (lookup: LookUp, host = 'a.example') =>
  resolveHost({ lookup }, host, { signal, timeoutMs: 300 });

it('returns each address once, IPv4 first', async () => {
  const lookup = answering('2001:db8::1', '192.0.2.1', '192.0.2.1', '192.0.2.2');
  expect(await resolve(lookup)).toEqual({
    state: 'resolved',
    addresses: ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
  });
});

it('takes an IP address as it is, also with a zone', async () => {
  for (const host of ['192.0.2.1', '2001:db8::1', 'fe80::1%eth0'])
    expect(await resolve(failing('EAI_AGAIN'), host)).toEqual({ state: 'resolved', addresses: [host] });
});

it('tells a name without addresses from a DNS that does not answer', async () => {
  const absent = { state: 'unresolved', message: 'a.example has no address: DNS does not know the name.' };
  expect(await resolve(failing('ENOTFOUND'))).toEqual(absent);
  expect(await resolve(answering())).toEqual({ state: 'unresolved', message: 'a.example has no address.' });
  expect(await resolve(failing('EAI_AGAIN'))).toEqual({
    state: 'lookup-failed',
    message: 'The addresses of a.example could not be looked up (EAI_AGAIN).',
  });
  expect(await resolve(() => undefined)).toEqual({
    state: 'lookup-failed',
    message: 'The addresses of a.example could not be looked up (no answer within 0.3 seconds).',
  });
});

it('stops when it is aborted', async () => {
  const abort = new AbortController();
  const resolving = resolveHost({ lookup: () => abort.abort(new Error('enough')) }, 'a.example', {
    signal: abort.signal,
  });
  await expect(resolving).rejects.toThrow('enough');
});
