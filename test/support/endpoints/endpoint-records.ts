// Endpoints with a stored check, for pages and lists: they need no servers, because their next check is far away.
import {
  type EndpointCheck,
  type EndpointRecord,
  NOT_CHECKED,
} from '../../../src/main/engine/core/model-endpoint.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { FINDINGS, type Finding, type FindingCode } from '../../../src/shared/endpoint.ts';
import type { AddressReport, SeenCertificate } from '../../../src/shared/endpoint-record.ts';
import { toTimestamp } from '../../../src/shared/time.ts';

const DAY_MS = 86_400_000;

export interface EndpointRecords {
  /** Three addresses, of which two present an old certificate, one of them without its intermediate. */
  readonly mixed: string;
}

/** @param count Further endpoints without findings. */
export async function createEndpointRecords(
  stores: Stores,
  {
    projectId,
    host,
    count,
    now,
  }: { readonly projectId: string; readonly host: string; readonly count: number; readonly now: Date },
): Promise<EndpointRecords> {
  const at = (days: number) => toTimestamp(new Date(now.getTime() + days * DAY_MS));
  const record = (of: Pick<EndpointRecord, 'id' | 'host'> & Partial<EndpointRecord>): EndpointRecord => ({
    projectIds: [],
    port: 443,
    protocol: 'tls',
    serverName: of.host,
    addresses: null,
    trust: null,
    expected: 'projects',
    intervalMinutes: 360,
    savedBy: { kind: 'window', id: null, name: 'Test' },
    createdAt: at(-30),
    updatedAt: at(-30),
    nextCheckAt: at(300),
    dueCount: 0,
    check: NOT_CHECKED,
    ...of,
  });
  const leaf = (fingerprint: string, days: readonly [from: number, to: number]): SeenCertificate => ({
    fingerprint,
    subject: host,
    issuer: 'Test Intermediate R3',
    names: [host, `www.${host}`],
    issuedAt: at(days[0]),
    expiresAt: at(days[1]),
    keyType: 'ec',
    issuedByNext: true,
    selfSigned: false,
  });
  const intermediate: SeenCertificate = {
    ...leaf('B'.repeat(64), [-800, 900]),
    subject: 'Test Intermediate R3',
    issuer: 'Test Root',
    names: [],
    keyType: 'rsa',
    issuedByNext: false,
  };
  const oldLeaf = leaf('C'.repeat(64), [-70, 20]);
  const report = (address: string, more: Partial<AddressReport>): AddressReport => ({
    address,
    offered: 'any',
    state: 'presented',
    match: 'current',
    chain: [leaf('A'.repeat(64), [0, 90]), intermediate],
    tlsVersion: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    findings: [],
    at: at(0),
    changedAt: at(-0.1),
    ...more,
  });
  const fine: EndpointCheck = {
    ...NOT_CHECKED,
    state: 'ok',
    checkedAt: at(-0.1),
    expiresAt: at(90),
    served: 'current',
    reports: [report('192.0.2.1', {})],
  };
  const mixed = record({
    id: 'endpoint-mixed',
    host: `mail.${host}`,
    port: 25,
    protocol: 'smtp',
    projectIds: [projectId],
    check: {
      ...fine,
      state: 'problem',
      codes: ['served-old', 'missing-intermediate', 'expiring'],
      alarms: ['not_served'],
      alarmedAt: at(0),
      expiresAt: at(20),
      checkedAt: at(0),
      served: 'partly',
      sentence: `mail.${host}:25 still presents the old certificate on 2 of 3 addresses. Restart Postfix there.`,
      reports: [
        report('192.0.2.1', {}),
        report('192.0.2.2', {
          match: 'previous',
          chain: [oldLeaf, intermediate],
          changedAt: at(-60),
          findings: [
            finding(
              'served-old',
              '192.0.2.2',
              `The server still presents the earlier certificate for ${host}.`,
            ),
          ],
        }),
        report('2001:db8:85a3::8a2e:370:7334', {
          match: 'previous',
          chain: [
            { ...oldLeaf, issuedByNext: false },
            { ...intermediate, subject: 'Another CA', fingerprint: 'D'.repeat(64) },
          ],
          changedAt: at(-60),
          findings: [
            finding(
              'served-old',
              '2001:db8:85a3::8a2e:370:7334',
              `The server still presents the earlier certificate for ${host}.`,
            ),
            finding(
              'missing-intermediate',
              '2001:db8:85a3::8a2e:370:7334',
              'The server does not send Test Intermediate R3.',
            ),
          ],
        }),
      ],
    },
  });
  await stores.transaction(async (tx) => {
    await tx.endpoints.create(mixed);
    await tx.endpoints.create(record({ id: 'endpoint-new', host: `new.${host}`, projectIds: [projectId] }));
    await tx.endpoints.create(
      record({
        id: 'endpoint-down',
        host: 'db.example.net',
        port: 5432,
        protocol: 'postgres',
        check: {
          ...fine,
          state: 'problem',
          codes: ['unreachable'],
          alarms: ['not_served'],
          alarmedAt: at(0),
          expiresAt: null,
          served: null,
          sentence:
            'db.example.net:5432 does not answer. Start the server, and check its listen address and the firewall.',
          reports: [],
        },
      }),
    );
    for (let n = 0; n < count; n += 1) {
      await tx.endpoints.create(
        record({ id: `endpoint-${n}`, host: `host-${n}.example.com`, check: { ...fine, served: null } }),
      );
    }
  });
  return { mixed: mixed.id };
}

function finding(code: FindingCode, address: string, message: string): Finding {
  const { severity, advice } = FINDINGS[code];
  return { code, severity, address, message, advice };
}
