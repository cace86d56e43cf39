import { describe, expect, test } from 'vitest';
import { CertdeskError } from '../../../../src/main/engine/core/errors.ts';
import { matchZone } from '../../../../src/main/engine/dns/credentials/zone-match.ts';
import type { RecordPlace } from '../../../../src/main/engine/dns/lookup/zone.ts';
import type { DnsZone } from '../../../../src/main/engine/dns/providers/provider.ts';

const reports: string[] = [];
const context = {
  signal: new AbortController().signal,
  report: (_step: string, message: string) => void reports.push(message),
};
const zone = (name: string, more: Partial<DnsZone> = {}): DnsZone => ({ id: `id of ${name}`, name, ...more });
const place = (more: Partial<RecordPlace>): RecordPlace => ({
  name: '_acme-challenge.www.sub.example.co.uk',
  aliases: [],
  zone: 'sub.example.co.uk',
  nameServers: ['ns1.elsewhere.net'],
  problem: null,
  ...more,
});
const match = (where: Partial<RecordPlace>, zones: readonly DnsZone[] | null) =>
  matchZone(place(where), zones, context);

describe('matchZone', () => {
  test('uses the zone that DNS delegates, beside its parent', () => {
    const zones = [zone('example.co.uk'), zone('sub.example.co.uk'), zone('other.co.uk')];
    expect(match({}, zones).id).toBe('id of sub.example.co.uk');
    expect(match({ zone: 'example.co.uk' }, zones).id).toBe('id of example.co.uk');
  });

  test('refuses the parent of a zone that is delegated elsewhere, and says so', () => {
    expect(() => match({}, [zone('example.co.uk')])).toThrow(
      expect.objectContaining({
        code: 'DNS_ZONE_NOT_FOUND',
        message: expect.stringMatching(
          /has example\.co\.uk, but .* in sub\.example\.co\.uk, .* ns1\.elsewhere\.net/,
        ),
        details: expect.objectContaining({ zone: 'sub.example.co.uk', accountZones: ['example.co.uk'] }),
      }),
    );
  });

  test('never uses a public suffix, or a zone that only has the same ending', () => {
    const zones = [zone('co.uk'), zone('uk'), zone('ample.co.uk')];
    expect(() => match({ zone: 'example.co.uk' }, zones)).toThrow(CertdeskError);
    expect(() => match({ zone: 'example.co.uk' }, [zone('ample.co.uk')])).toThrow(
      /is not in this DNS account/,
    );
  });

  test('refuses a zone that is not delegated to the provider', () => {
    expect(() => match({ zone: 'example.co.uk' }, [zone('sub.example.co.uk')])).toThrow(
      /has a zone sub\.example\.co\.uk, but no delegation leads to it/,
    );
  });

  test('uses the delegated one of two zones with the same name', () => {
    const zones = [
      zone('sub.example.co.uk', { id: 'old', nameServers: ['ns1.old.net'] }),
      zone('sub.example.co.uk', { id: 'live', nameServers: ['ns1.elsewhere.net'] }),
    ];
    expect(match({}, zones).id).toBe('live');
    expect(match({ nameServers: [] }, zones).id).toBe('old');
  });

  test('uses the longest zone of the account if DNS does not say, and reports it', () => {
    const problem = new CertdeskError('DNS_LOOKUP_FAILED', 'no SOA');
    const zones = [zone('co.uk'), zone('sub.example.co.uk'), zone('example.co.uk')];
    expect(match({ zone: null, problem }, zones).name).toBe('sub.example.co.uk');
    expect(reports.at(-1)).toMatch(/DNS does not show the zone of .*; using sub\.example\.co\.uk/);
    expect(() => match({ zone: null, problem }, [zone('example.org')])).toThrow(
      /No zone of this DNS account/,
    );
  });

  test('follows DNS if the provider cannot list zones, and fails if DNS fails', () => {
    expect(match({}, null)).toEqual({ id: 'sub.example.co.uk', name: 'sub.example.co.uk' });
    const problem = new CertdeskError('DNS_LOOKUP_FAILED', 'no SOA');
    expect(() => match({ zone: null, problem }, null)).toThrow(problem);
  });

  test('names the CNAME that leads there', () => {
    const aliases = ['_acme-challenge.example.org'];
    expect(() => match({ aliases }, [])).toThrow(/the CNAME target of _acme-challenge\.example\.org/);
  });
});
