// Every reader of outside data with arbitrary and damaged samples: it reads, or refuses as documented, and never fails
// in another way or runs on. (Certificates, keys and PKCS#12 by upload are also in
// test/engine/pki/inspect/hostile.spec.ts and test/engine/pki/pkcs12/read.spec.ts, DNS answers in dns-answers.test.ts
// beside this.)
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeHeader, readPrefix } from '../../src/main/backup/format.ts';
import { answerError, readProblem } from '../../src/main/engine/acme/problem.ts';
import { readRenewalInfo, renewalCertId } from '../../src/main/engine/acme/renewal-info.ts';
import { readAuthorization, readDirectory, readOrder } from '../../src/main/engine/acme/schemas.ts';
import { readRef } from '../../src/main/engine/challenges/dns-01-ref.ts';
import { CertdeskError } from '../../src/main/engine/core/errors.ts';
import { parseRetryAfter } from '../../src/main/engine/core/retry-after.ts';
import { parseServer } from '../../src/main/engine/dns/lookup/transport.ts';
import { readServiceAccount } from '../../src/main/engine/dns/providers/google/token.ts';
import { signMessage, verifyAnswer } from '../../src/main/engine/dns/providers/rfc2136/tsig.ts';
import { lastRecordOffset } from '../../src/main/engine/dns/providers/rfc2136/wire.ts';
import { unquoteTxt } from '../../src/main/engine/dns/providers/txt-value.ts';
import { readSentChain } from '../../src/main/engine/endpoints/sent-chain.ts';
import { readAssignments, readIni } from '../../src/main/engine/import/config-text.ts';
import { fromJwk, parseJson, toPkcs8 } from '../../src/main/engine/import/key-text.ts';
import { readCertificate } from '../../src/main/engine/pki/inspect/certificate.ts';
import { parseChain } from '../../src/main/engine/pki/inspect/chain.ts';
import { distributionPoints, findRevocation } from '../../src/main/engine/pki/inspect/crl.ts';
import { describeCertificate } from '../../src/main/engine/pki/inspect/facts.ts';
import { readRaw } from '../../src/main/engine/pki/inspect/leaf.ts';
import { decodePem, readPemBlocks } from '../../src/main/engine/pki/inspect/pem.ts';
import { readTlvs } from '../../src/main/engine/pki/inspect/tlv.ts';
import { readPrivateKey } from '../../src/main/engine/pki/keys.ts';
import { readPkcs12 } from '../../src/main/engine/pki/pkcs12/read.ts';
import { readGivenPair } from '../../src/main/engine/pki/read-upload.ts';
import { makeCrl } from '../support/engine/crl.ts';
import { damagedBytes, damagedText } from '../support/faults/damaged.ts';
import { anyValue } from '../support/tools/arbitrary.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';

const RUNS = process.env.CERTDESK_SOAK === '1' ? 20_000 : 150;
/** Readers that derive keys, or check signatures. */
const SLOW_RUNS = process.env.CERTDESK_SOAK === '1' ? 2_000 : 40;

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());
const ca = await openssl.createCa({ subject: '/C=DE/O=Fuzz/CN=Fuzz CA' });
const leaf = await openssl.issue({
  ca,
  subject: '/CN=shop.example.com',
  san: ['DNS:shop.example.com', 'DNS:*.shop.example.com', 'IP:192.0.2.1'],
  extensions: ['crlDistributionPoints = URI:http://crl.example/ca.crl', 'authorityKeyIdentifier = keyid'],
});
const crl = await makeCrl(openssl, { ca, revoked: { '00AB12': 'keyCompromise', '7F': '' } });
const args = ['pkcs12', '-export', '-passout', 'pass:p', '-noiter', '-nomaciter'];
const pfxPath = ['-in', await openssl.file(leaf.certificate), '-inkey', await openssl.file(leaf.privateKey)];
const pfx = Buffer.from(await openssl.run([...args, ...pfxPath]), 'latin1');
const encrypted = await openssl.run(
  ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-iter', '1000', '-passout', 'pass:p'],
  leaf.privateKey,
);
const derOf = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
const der = derOf(leaf.certificate);
const chain = leaf.certificate + ca.certificate;
const { default: crypto, X509Certificate } = await import('node:crypto');
const jwk = JSON.stringify(crypto.createPrivateKey(leaf.privateKey).export({ format: 'jwk' }));

/** Runs it; a CertdeskError is accepted too, except INTERNAL. */
function answered<T>(work: () => T): T | CertdeskError {
  try {
    return work();
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): CertdeskError {
  if (!(error instanceof CertdeskError) || error.code === 'INTERNAL') throw error;
  expect(error.message.length).toBeLessThan(5_000);
  return error;
}

const always = <T>(given: fc.Arbitrary<T>, work: (value: T) => void, numRuns = RUNS): void =>
  fc.assert(fc.property(given, work), { numRuns });

describe('the answers of a CA', () => {
  const response = (samples: readonly object[]) =>
    fc
      .tuple(
        fc.constantFrom(200, 201, 301, 400, 403, 404, 429, 500, 503),
        fc.oneof(
          damagedText(...samples.map((sample) => JSON.stringify(sample))),
          anyValue.map((value) => JSON.stringify(value) ?? ''),
        ),
        fc.dictionary(
          fc.constantFrom('retry-after', 'date', 'location', 'content-type'),
          fc.oneof(
            fc.string(),
            fc.constantFrom('1', '-5', '99999999999999999999', 'Wed, 21 Oct 2026 07:28:00 GMT', 'NaN'),
          ),
        ),
      )
      .map(([status, text, headers]) => ({ url: 'https://ca.example/x', status, headers, text }));
  const order = {
    status: 'pending',
    expires: '2026-01-01T00:00:00Z',
    identifiers: [{ type: 'dns', value: 'a.example.com' }],
    authorizations: ['https://ca.example/authz/1'],
    finalize: 'https://ca.example/finalize/1',
    error: { type: 'urn:ietf:params:acme:error:dns', detail: 'x', subproblems: [{ type: 'about:blank' }] },
  };
  const authorization = {
    status: 'pending',
    identifier: { type: 'dns', value: 'a.example.com' },
    wildcard: true,
    challenges: [
      { type: 'dns-01', url: 'https://ca.example/chall/1', status: 'pending', token: 'abc' },
      { type: 'dns-persist-01', url: 'https://ca.example/chall/2', status: 'pending' },
    ],
  };
  const directory = {
    newNonce: 'https://ca.example/nonce',
    newAccount: 'https://ca.example/account',
    newOrder: 'https://ca.example/order',
    revokeCert: 'https://ca.example/revoke',
    meta: { profiles: { classic: 'x' } },
  };
  const window = { suggestedWindow: { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00+01:00' } };
  const problem = { type: 'urn:ietf:params:acme:error:malformed', detail: 'x', status: 400, subproblems: [] };

  it('parse as directory, order, authorization and renewal information, or are refused', () => {
    always(response([order, authorization, directory, window]), (given) => {
      const read = [
        answered(() => readDirectory(given)),
        answered(() => readOrder(given, 'https://ca.example/order/1')),
        answered(() => readAuthorization(given, 'https://ca.example/authz/1')),
        answered(() => readRenewalInfo(given)),
      ];
      for (const each of read)
        if (each instanceof CertdeskError) expect(each.code).toBe('ACME_PROTOCOL_ERROR');
    });
  });

  it('parse as problem documents and Retry-After, or are refused', () => {
    always(response([problem, order]), (given) => {
      const found = readProblem(given);
      if (found !== null) expect(typeof found.type).toBe('string');
      const wait = parseRetryAfter(given.headers);
      if (wait !== null) expect(wait).toBeGreaterThanOrEqual(0);
      if (given.status < 300) return;
      const error = answerError(given);
      expect(error.code).toMatch(/^ACME_/);
      expect(() => JSON.stringify(error.toBody())).not.toThrow();
    });
  });
});

describe('certificates, keys and lists', () => {
  it('PEM', () => {
    always(damagedText(chain, leaf.privateKey, encrypted), (text) => {
      for (const block of readPemBlocks(text)) decodePem(block);
      answered(() => parseChain(text).map(describeCertificate));
      answered(() => renewalCertId(text));
    });
  });

  it('DER', () => {
    always(damagedBytes(der, derOf(ca.certificate)), (bytes) => {
      const certificate = readCertificate(bytes);
      if (certificate !== null) describeCertificate(certificate);
      const raw = readRaw(bytes);
      if (raw !== null) distributionPoints(raw);
      expect([...readTlvs(bytes)].length).toBeLessThanOrEqual(bytes.length);
    });
  });

  it('private keys are read or refused', () => {
    const passphrase = fc.constantFrom(undefined, '', 'p');
    const given = fc.tuple(damagedText(leaf.privateKey, encrypted), passphrase);
    always(given, ([text, pass]) => void answered(() => readPrivateKey(text, pass)), SLOW_RUNS);
    always(damagedText(jwk, leaf.privateKey), (text) => {
      for (const key of [fromJwk(text), toPkcs8(text)])
        if (key !== null) expect(key).toMatch(/^-----BEGIN PRIV/);
      parseJson(text);
    });
  });

  it('CRLs that the issuer has not signed are ignored', () => {
    const issuer = new X509Certificate(ca.certificate);
    const serial = Buffer.from('7F', 'hex');
    const question = { url: 'http://crl.example/ca.crl', leaf: { serial }, issuer, now: new Date() };
    always(
      damagedBytes(crl),
      (bytes) => {
        const found = answered(() => findRevocation({ ...question, crl: bytes }));
        if (bytes.subarray(0, crl.length).equals(crl)) return;
        expect(found).toMatchObject({ code: 'ACME_PROTOCOL_ERROR' });
      },
      SLOW_RUNS,
    );
  });

  it('uploaded files, PKCS#12 among them, are read or refused', async () => {
    const file = damagedBytes(pfx, der, Buffer.from(chain + leaf.privateKey), derOf(leaf.privateKey));
    const given = fc.record(
      {
        file: file.map((bytes) => bytes.toString('base64')),
        keyFile: file.map((bytes) => bytes.toString('base64')),
        certificate: damagedText(chain),
        privateKey: damagedText(leaf.privateKey),
        passphrase: fc.constantFrom('p', '', 'x'),
      },
      { requiredKeys: [] },
    );
    const validateBody = async (body: object) => {
      const pair = await readGivenPair(body as Parameters<typeof readGivenPair>[0]).catch(refusal);
      if (!(pair instanceof CertdeskError)) expect(typeof pair.certificate).toBe('string');
    };
    await fc.assert(fc.asyncProperty(given, validateBody), { numRuns: SLOW_RUNS * 2 });
    const pass = fc.constantFrom('p', '');
    const read = (bytes: Buffer, password: string) => readPkcs12(bytes, password).catch(refusal);
    await fc.assert(
      fc.asyncProperty(damagedBytes(pfx), pass, async (bytes, word) => void (await read(bytes, word))),
      { numRuns: SLOW_RUNS * 2 },
    );
  });
});

describe('TLS', () => {
  const uint = (value: number, bytes: number): Buffer => {
    const out = Buffer.alloc(bytes);
    out.writeUIntBE(value, 0, bytes);
    return out;
  };
  const sized = (body: Buffer, bytes: number): Buffer => Buffer.concat([uint(body.length, bytes), body]);
  const message = Buffer.concat([Buffer.from([11]), sized(sized(sized(der, 3), 3), 3)]);
  const received = Buffer.concat([Buffer.from([22, 3, 3]), sized(message, 2)]);

  it('damaged bytes of a server have certificates or none', () => {
    const plain = { secret: null, cipher: null };
    expect(readSentChain({ received, ...plain })).toEqual([der]);
    always(damagedBytes(received), (bytes) => {
      const total = readSentChain({ received: bytes, ...plain }).reduce((sum, { length }) => sum + length, 0);
      expect(total).toBeLessThanOrEqual(bytes.length);
      const encrypted = Buffer.concat([Buffer.from([23]), bytes.subarray(1)]);
      const secret = { secret: Buffer.alloc(32, 7), cipher: 'TLS_AES_128_GCM_SHA256' };
      expect(readSentChain({ received: encrypted, ...secret })).toEqual([]);
    });
  });
});

describe('DNS', () => {
  const key = { name: 'key.example', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) } as const;
  const now = new Date('2026-01-01T00:00:00Z');
  const request = Buffer.from('123428000000000000000000', 'hex');
  const { message, mac } = signMessage(request, key, now);

  it('no damaged answer counts as signed', () => {
    always(damagedBytes(message, request), (bytes) => {
      const { state } = verifyAnswer(bytes, key, { mac, now });
      expect(state).not.toBe('signed');
      try {
        expect(lastRecordOffset(bytes)).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    });
  });

  it('server addresses and TXT values are parsed or refused', () => {
    always(damagedText('192.0.2.1:53', '[2001:db8::1]:53', 'ns1.example.com'), (text) => {
      const server = parseServer(text);
      if (server !== null) expect(server.port).toBeGreaterThan(0);
      expect(typeof unquoteTxt(text)).toBe('string');
    });
  });

  it('a stored record reference and a Google key file are parsed or refused', () => {
    const ref = { provider: 'x', challenge: 'c', name: 'n', value: 'v', zone: { id: '1', name: 'z' } };
    const given = fc.oneof(
      anyValue,
      fc.record({ ...Object.fromEntries(Object.keys(ref).map((k) => [k, anyValue])) }),
    );
    always(given, (value) => {
      const task = { ref: value, identifier: 'a', token: 't', keyAuthorization: 'k', wildcard: false };
      try {
        readRef(task as Parameters<typeof readRef>[0]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('cannot be read') });
      }
      const account = answered(() => readServiceAccount('credentials', value as never));
      if (account instanceof CertdeskError) expect(account.code).toBe('INVALID_REQUEST');
    });
  });
});

describe('files', () => {
  it('of other clients are read: certbot’s INI, acme.sh’s assignments', () => {
    const ini =
      'version = 2\n[renewalparams]\nauthenticator = dns-cloudflare\n[[webroot]]\na.example = /var\n';
    const shell =
      "Le_Domain='a.example'\nexport CF_Token=\"x\"\nA='__ACME_BASE64__START_YQ==__ACME_BASE64__END_'\n";
    always(damagedText(ini, shell), (text) => {
      for (const values of [readIni(text), readAssignments(text)])
        for (const value of values.values()) expect(typeof value).toBe('string');
    });
  });

  it('with the header of a backup are read or refused', () => {
    const header = JSON.stringify({
      createdAt: '2026-01-01T00:00:00Z',
      kdf: { n: 16, r: 8, p: 1, salt: 'AA==' },
    });
    const head = Buffer.concat([Buffer.from('CERTDESK BACKUP\n'), Buffer.from('000100000010', 'hex')]);
    always(damagedBytes(head, Buffer.from(header)), (bytes) => {
      const read = [answered(() => readPrefix('f', bytes)), answered(() => decodeHeader('f', bytes))];
      for (const each of read) if (each instanceof CertdeskError) expect(each.code).toBe('BACKUP_UNREADABLE');
    });
  });
});
