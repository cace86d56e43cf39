// The part of the conformance suite about records: the same for an HTTP API, a name server that accepts updates, a
// script and manual records.
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { type ProviderRig, type RecordSuite, testOf } from './conformance.ts';
import { expectNoSecrets, failureOf, type ProviderBench } from './provider-on-stand-in.ts';

/** Like challenge values: 43 characters of base64url (RFC 8555 section 8.4). */
export const ONE = 'gfj9Xq-Rg85nM_one_0123456789abcdefghijklmno';
export const TWO = 'LHDhK3oGRvkiefQnx7OOczTY5Tic_two_xZ6HcMOc_t';

const signal = new AbortController().signal;

export function testDnsRecords(suite: RecordSuite): void {
  describe(`${suite.name}, like every DNS provider,`, () => {
    let rig: ProviderRig;
    let bench: ProviderBench;
    beforeEach(async () => {
      rig = await suite.setup();
      bench = await rig.open();
    });
    afterEach(async () => {
      await rig?.close();
      expectNoSecrets(bench);
    });

    const add = async (value: string) => bench.provider.addTxt(await rig.record(bench, value), signal);
    const remove = (ref: Awaited<ReturnType<typeof add>>) => bench.provider.removeTxt(ref, signal);

    testOf(suite)('gives a reference that is JSON, as it is stored with the order', async () => {
      const ref = await add(ONE);
      expect(JSON.parse(JSON.stringify(ref))).toEqual(ref);
      await remove(JSON.parse(JSON.stringify(ref)));
    });

    testOf(suite, 'writing')('adds a value', async () => {
      await add(ONE);
      expect(await rig.values()).toEqual([ONE]);
    });

    testOf(suite, 'writing')('keeps the first value beside a second one', async () => {
      await add(ONE);
      await add(TWO);
      expect(await rig.values()).toEqual([TWO, ONE]);
    });

    testOf(suite, 'writing')('adds the same value again without an error', async () => {
      const ref = await add(ONE);
      expect(await add(ONE)).toEqual(ref);
      expect(await rig.values()).toEqual([ONE]);
    });

    testOf(
      suite,
      'writing',
      'removing',
    )('removes one of two values, then the other', async () => {
      const [first, second] = [await add(ONE), await add(TWO)];
      await remove(first);
      expect(await rig.values()).toEqual([TWO]);
      await remove(second);
      expect(await rig.values()).toEqual([]);
    });

    testOf(
      suite,
      'writing',
      'removing',
    )('removes twice without an error', async () => {
      const ref = await add(ONE);
      await remove(ref);
      await remove(ref);
      expect(await rig.values()).toEqual([]);
    });

    testOf(
      suite,
      'writing',
      'removing',
    )('removes what was added twice by either reference', async () => {
      await add(ONE);
      await remove(await add(ONE));
      expect(await rig.values()).toEqual([]);
    });

    testOf(
      suite,
      'writing',
      'removing',
    )('removes by the reference that is known before the call, whose answer was lost', async () => {
      const ref = bench.provider.refFor?.(await rig.record(bench, ONE)) ?? null;
      expect(await add(ONE)).toEqual(ref);
      await remove(ref);
      expect(await rig.values()).toEqual([]);
    });

    testOf(
      suite,
      'writing',
      'removing',
      'foreign values',
    )('keeps a user’s records at the name unchanged', async () => {
      const foreign = 'v=spf1 include:"quoted" \\ -all';
      await rig.put(foreign);
      const ref = await add(ONE);
      expect(await rig.values()).toEqual([ONE, foreign].sort());
      await remove(ref);
      expect(await rig.values()).toEqual([foreign]);
    });

    testOf(suite, 'zones')('cannot add to a zone that is not there, and says so', async () => {
      const error = await failureOf(bench.provider.addTxt(await rig.absent(bench), signal));
      expect(error.code).toMatch(/^DNS_(ZONE_NOT_FOUND|PROVIDER_REFUSED|CREDENTIALS_REJECTED)$/);
      expectNoSecrets(bench, error);
    });

    testOf(suite, 'credentials')('says that the credentials are refused, and what they need', async () => {
      const record = await rig.record(bench, ONE);
      const stranger = await rig.open({ refused: true });
      const error = await failureOf(stranger.provider.addTxt(record, signal));
      expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
      expect(error.message).toMatch(/refused the credentials: \S+/);
      expect(error.details).toMatchObject({ permissions: expect.stringMatching(/\w+/) });
      expect(await rig.values()).toEqual([]);
      expectNoSecrets(stranger, error);
    });

    testOf(
      suite,
      'credentials',
      'removing',
    )('does not take refused credentials for a missing record', async () => {
      const ref = await add(ONE);
      const stranger = await rig.open({ refused: true });
      const error = await failureOf(stranger.provider.removeTxt(ref, signal));
      expect(error.code).toBe('DNS_CREDENTIALS_REJECTED');
      expect(await rig.values()).toEqual([ONE]);
      expectNoSecrets(stranger, error);
    });

    testOf(suite, 'time-outs')('gives up where nothing answers in time', async () => {
      const { bench: waiting, record } = await rig.silence(60);
      const error = await failureOf(waiting.provider.addTxt(record, signal));
      expect(error.code).toBe('DNS_PROVIDER_UNAVAILABLE');
      expect(error.message).toMatch(/did not (answer|finish) within 0\.06 s|no answer in time/);
      expectNoSecrets(waiting, error);
    });

    testOf(suite, 'aborts')('ends on abort, with its reason', async () => {
      const { bench: waiting, record, isCalled } = await rig.silence();
      const abort = new AbortController();
      const reason = new Error('the job is cancelled');
      const ended = expect(waiting.provider.addTxt(record, abort.signal)).rejects.toBe(reason);
      await expect.poll(isCalled).toBe(true);
      abort.abort(reason);
      await ended;
      expect(await rig.values()).toEqual([]);
    });
  });
}
