// Records for tests of the stores: complete ones, to be varied by spreading.

import { NO_RENEWAL_YET } from '../../../src/main/engine/certificates/renewal-plan.ts';
import type {
  CertificateRecord,
  IssuanceSpec,
  JobRecord,
  ProjectRecord,
} from '../../../src/main/engine/core/model.ts';

export const PROJECT: ProjectRecord = {
  id: 'p1',
  name: 'Shop',
  domain: 'shop.example.com',
  altNames: ['www.shop.example.com'],
  tags: [],
  createdAt: '2026-01-01T00:00:00Z',
};

export const SPEC: IssuanceSpec = {
  names: ['shop.example.com'],
  ca: 'letsencrypt',
  staging: false,
  email: null,
  key: { type: 'ec', size: 256 },
  profile: null,
  preferredChain: null,
  challengeType: 'http-01',
  dnsProvider: null,
  dnsCredentialId: null,
};

export const CERTIFICATE: CertificateRecord = {
  id: 'c1',
  projectId: 'p1',
  type: 'letsencrypt',
  domain: 'shop.example.com',
  names: ['shop.example.com', 'www.shop.example.com'],
  chain: '-----BEGIN CERTIFICATE-----',
  keySealed: new Uint8Array([1, 2, 3]),
  issuedAt: '2026-01-01T00:00:00Z',
  expiresAt: '2026-04-01T00:00:00Z',
  issuerName: 'YE1',
  issuerOrganization: "Let's Encrypt",
  serial: '00FF',
  fingerprint: 'AA',
  staging: false,
  autoRenew: true,
  spec: SPEC,
  accountId: null,
  renewedFrom: null,
  renewal: NO_RENEWAL_YET,
  storedAt: '2026-01-01T00:00:01Z',
  supersededAt: null,
  removedAt: null,
  revokedAt: null,
  revocationReason: null,
  acknowledgement: null,
};

export const JOB: JobRecord = {
  id: 'j1',
  projectId: 'p1',
  state: 'queued',
  step: null,
  input: { kind: 'obtain', spec: SPEC, autoRenew: true, dryRun: false },
  result: null,
  error: null,
  requestedBy: null,
  idempotencyKey: null,
  requestHash: null,
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: null,
  finishedAt: null,
  uncleanEnds: 0,
  heldUntil: null,
};
