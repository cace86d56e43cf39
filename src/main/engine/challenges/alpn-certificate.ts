// Creates the certificate of a tls-alpn-01 challenge (RFC 8737 section 3): self-signed, for one identifier, with the digest
// of the key authorization in the critical extension acmeIdentifier.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import {
  Boolean as AsnBoolean,
  Set as AsnSet,
  type BaseBlock,
  BitString,
  Constructed,
  fromBER,
  Integer,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
  UTCTime,
  Utf8String,
} from 'asn1js';
import { isIpAddress, toOctets } from '../../../shared/ip-address.ts';

export interface AlpnCertificate {
  /** PEM. */
  readonly cert: string;
  /** PKCS#8 PEM. */
  readonly key: string;
  readonly der: Buffer;
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectAltName: '2.5.29.17',
  /** id-pe-acmeIdentifier, RFC 8737 section 6.1. */
  acmeIdentifier: '1.3.6.1.5.5.7.1.31',
} as const;

const DAY_MS = 86_400_000;

/**
 * Creates the certificate with a new P-256 key. CAs check neither its validity nor its signature, but their TLS
 * libraries parse all of it.
 * @param identifier A host name, or an IP address in canonical form.
 * @param digest SHA-256 of the key authorization.
 */
export function createAlpnCertificate(identifier: string, digest: Uint8Array, now: Date): AlpnCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const name = sequence(
    set(sequence(oid(OID.commonName), new Utf8String({ value: 'Certdesk tls-alpn-01' }))),
  );
  const spki = fromBER(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))).result;
  const serial = randomBytes(16);
  serial.writeUInt8(0x40 | (serial.readUInt8(0) & 0x3f)); // positive, without a leading zero
  const extensions = sequence(
    extension(OID.acmeIdentifier, true, new OctetString({ valueHex: digest })),
    extension(OID.subjectAltName, false, sequence(generalName(identifier))),
  );
  const tbs = sequence(
    explicit(0, new Integer({ value: 2 })),
    new Integer({ valueHex: serial }),
    algorithm,
    name,
    sequence(utc(now.getTime() - DAY_MS), utc(now.getTime() + 30 * DAY_MS)),
    name,
    spki,
    explicit(3, extensions),
  );
  const signature = sign('sha256', toDer(tbs), privateKey);
  const der = toDer(sequence(tbs, algorithm, new BitString({ valueHex: signature })));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    der,
  };
}

/** RFC 5280 section 4.2.1.6: dNSName is [2] IA5String, iPAddress is [7] OCTET STRING. */
function generalName(identifier: string): BaseBlock {
  const isIp = isIpAddress(identifier);
  const valueHex = isIp ? Buffer.from(toOctets(identifier)) : Buffer.from(identifier, 'latin1');
  return new Primitive({ idBlock: { tagClass: 3, tagNumber: isIp ? 7 : 2 }, valueHex });
}

const extension = (id: string, critical: boolean, value: BaseBlock): BaseBlock =>
  sequence(
    oid(id),
    ...(critical ? [new AsnBoolean({ value: true })] : []),
    new OctetString({ valueHex: toDer(value) }),
  );

const toDer = (block: BaseBlock): Buffer => Buffer.from(block.toBER());
const sequence = (...value: BaseBlock[]) => new Sequence({ value });
const set = (...value: BaseBlock[]) => new AsnSet({ value });
const oid = (value: string) => new ObjectIdentifier({ value });
const utc = (time: number) => new UTCTime({ valueDate: new Date(time) });
const explicit = (tagNumber: number, value: BaseBlock) =>
  new Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [value] });
