// dns-persist-01 end to end: the API, a provider's stand-in, a real BIND, and Pebble, which queries it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../../support/dns/rig.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';
import { describeWith } from '../../support/tools/tools.ts';

const PERSIST = { challengeType: 'dns-persist-01', keyType: 'ec' };

describeWith(['pebble', 'bind9'], 'dns-persist-01', () => {
  let rig: DnsRig;
  let app: TestApp;
  beforeAll(async () => {
    rig = await startDnsRig([{ name: 'example.com' }]);
    app = await startApp({ pebble: rig.pebble, platform: { dns: rig.dns } });
  });
  afterAll(async () => {
    await app?.stop();
    await rig?.stop();
  });

  const recordsAt = (name: string) => rig.bind.lookup(`_validation-persist.${name}`, 'TXT');
  const obtain = (id: string, body: object) =>
    app.call('POST', `/projects/${id}/certificate/obtain`, { body });

  it('lets the DNS provider create one record for a name and its wildcard, and renews without a change', async () => {
    const id = await app.project('shop.example.com', ['*.shop.example.com']);
    const preview = { names: ['shop.example.com', '*.shop.example.com'] };
    expect(await app.call('POST', '/persist-records', { body: preview })).toMatchObject({
      status: 200,
      body: {
        accountUrl: null,
        records: [{ name: '_validation-persist.shop.example.com', value: null, state: 'missing' }],
      },
    });
    const prepared = await app.call('POST', '/persist-records/prepare', { body: preview });
    expect(prepared.body.records?.['0']?.value, prepared.text).toBe(
      `pebble.letsencrypt.org; accounturi=${prepared.body.accountUrl}; policy=wildcard`,
    );
    const answer = await obtain(id, { ...rig.requests.cloudflare, ...PERSIST });
    expect(answer.body, answer.text).toMatchObject({ success: true });
    const records = await recordsAt('shop.example.com');
    expect(records).toEqual([
      expect.stringMatching(
        /^pebble\.letsencrypt\.org; accounturi=https:\/\/127\.0\.0\.1:\d+\/my-account\/\w+; policy=wildcard$/,
      ),
    ]);
    const shown = await app.call('GET', `/projects/${id}/persist-records`);
    expect(shown.body, shown.text).toMatchObject({ state: 'valid', watched: true });
    expect(shown.body.records).toMatchObject([{ value: records[0], state: 'valid', tooWide: false }]);
    const renewed = await app.call('POST', `/projects/${id}/certificate/renew`, { body: {} });
    expect(renewed.body, renewed.text).toMatchObject({ success: true });
    expect(await recordsAt('shop.example.com')).toEqual(records);
  });

  it('uses the record that a person has created, and says when it ends', async () => {
    const [known = ''] = await recordsAt('shop.example.com');
    const accountUri = /accounturi=([^;]+)/.exec(known)?.[1];
    const until = 4_102_444_800; // 2100-01-01
    const record = `pebble.letsencrypt.org; accounturi=${accountUri}; persistUntil=${until}`;
    await rig.bind.update('example.com', '_validation-persist.hand.example.com', [record]);
    const id = await app.project('hand.example.com');
    // Another e-mail address is another account at the CA.
    const { email } = { email: undefined, ...rig.requests.cloudflare };
    const answer = await obtain(id, { ...PERSIST, email });
    expect(answer.body, answer.text).toMatchObject({ success: true });
    expect(await recordsAt('hand.example.com')).toEqual([record]);
    const { body } = await app.call('GET', `/jobs?project=${id}`);
    const job = await app.call('GET', `/jobs/${body.jobs?.['0']?.id}`);
    expect(job.text).toContain(
      'The TXT record _validation-persist.hand.example.com authorizes the account already. It ends at 2100-01-01T00:00:00Z.',
    );
  });

  it('refuses an IP address, which has no DNS zone', async () => {
    const id = await app.project('192.0.2.1');
    expect((await obtain(id, PERSIST)).body).toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
