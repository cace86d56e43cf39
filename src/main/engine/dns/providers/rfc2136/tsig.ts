// TSIG (RFC 8945), signatures of DNS messages with a shared secret: signs requests and verifies responses.
import { createHmac, timingSafeEqual } from 'node:crypto';
import dnsPacket, { type Answer } from 'dns-packet';
import { encodeName, lastRecordOffset, uint16, uint32 } from './wire.ts';

/** RFC 8945 section 6, without SHA-1 and MD5. The name is the algorithm's name in DNS. */
export const TSIG_ALGORITHMS = {
  'hmac-sha256': 'sha256',
  'hmac-sha512': 'sha512',
  'hmac-sha384': 'sha384',
  'hmac-sha224': 'sha224',
} as const;
export type TsigAlgorithm = keyof typeof TSIG_ALGORITHMS;

export interface TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Buffer;
}

export interface SignedMessage {
  readonly message: Buffer;
  readonly mac: Buffer;
}

/**
 * `signed`: with the key, for this request. `unsigned`: no signature, as in refusals of the key itself (section 5.3.2).
 * `forged`: signed with another key, for another request or at another time, or unreadable.
 */
export interface TsigVerdict {
  readonly state: 'signed' | 'unsigned' | 'forged';
  /** `NOERROR`, `BADSIG`, `BADKEY`, `BADTIME`, `BADTRUNC` or a number. */
  readonly error: string;
}

const TYPE_TSIG = 250;
const CLASS_ANY = 255;
/** Seconds that the clocks may differ, as recommended in section 10. */
const FUDGE = 300;
const ERRORS: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  16: 'BADSIG',
  17: 'BADKEY',
  18: 'BADTIME',
  22: 'BADTRUNC',
};

interface TsigFields {
  readonly time: number;
  readonly fudge: number;
  readonly error: number;
  readonly other: Buffer;
}

/** Appends a TSIG record to a message without one (section 5.1). */
export function signMessage(message: Buffer, key: TsigKey, now: Date): SignedMessage {
  const fields = { time: seconds(now), fudge: FUDGE, error: 0, other: Buffer.alloc(0) };
  const mac = digest(key, [message, variables(key, fields)]);
  const rdata = Buffer.concat([
    encodeName(key.algorithm),
    timeAndFudge(fields),
    uint16(mac.length),
    mac,
    uint16(message.readUInt16BE(0), fields.error, fields.other.length),
  ]);
  const record = Buffer.concat([
    encodeName(key.name),
    uint16(TYPE_TSIG, CLASS_ANY),
    uint32(0),
    uint16(rdata.length),
    rdata,
  ]);
  const signed = Buffer.concat([message, record]);
  signed.writeUInt16BE(message.readUInt16BE(10) + 1, 10);
  return { message: signed, mac };
}

/** Verifies the response to a signed request (section 5.3). */
export function verifyAnswer(
  answer: Buffer,
  key: TsigKey,
  { mac: requestMac, now }: { readonly mac: Buffer; readonly now: Date },
): TsigVerdict {
  try {
    const tsig = readTsig(answer);
    if (tsig === null) return { state: 'unsigned', error: 'NOERROR' };
    const error = ERRORS[tsig.error] ?? String(tsig.error);
    if (tsig.mac.length === 0) return { state: 'unsigned', error };
    const expected = digest(key, [uint16(requestMac.length), requestMac, tsig.before, variables(key, tsig)]);
    const genuine =
      tsig.keyName === bare(key.name) &&
      tsig.algorithm === key.algorithm &&
      tsig.mac.length === expected.length &&
      timingSafeEqual(tsig.mac, expected) &&
      Math.abs(seconds(now) - tsig.time) <= tsig.fudge;
    return { state: genuine ? 'signed' : 'forged', error };
  } catch {
    return { state: 'forged', error: 'NOERROR' };
  }
}

interface ReadTsig extends TsigFields {
  readonly keyName: string;
  readonly algorithm: string;
  readonly mac: Buffer;
  /** The signed message: without the TSIG record, with its original id (section 4.3.2). */
  readonly before: Buffer;
}

/** The package exports it, but its types omit it. */
const { answer: oneRecord } = dnsPacket as unknown as {
  readonly answer: { decode(message: Buffer, offset: number): Answer };
};

/** The TSIG record, which is the last record of the message (section 5.1); null if there is none. */
function readTsig(message: Buffer): ReadTsig | null {
  if (message.readUInt16BE(10) === 0) return null;
  // Decode only this record: decoding all names of a hostile response blocks the event loop for 0.1 s.
  const start = lastRecordOffset(message);
  const record = oneRecord.decode(message, start);
  if (record.type !== 'TSIG') return null;
  // Required by section 4.2; the digest includes these values.
  if (record.class !== 'ANY' || record.flush || record.ttl !== 0) throw new RangeError('no TSIG record');
  const { data } = record;
  const algorithmEnd = data.indexOf(0) + 1;
  const macStart = algorithmEnd + 10;
  const macEnd = macStart + data.readUInt16BE(algorithmEnd + 8);
  const otherLength = data.readUInt16BE(macEnd + 4);
  if (macEnd + 6 + otherLength !== data.length) throw new RangeError('the lengths do not fit');
  const before = Buffer.from(message.subarray(0, start));
  before.writeUInt16BE(data.readUInt16BE(macEnd), 0);
  before.writeUInt16BE(message.readUInt16BE(10) - 1, 10);
  return {
    keyName: bare(record.name),
    algorithm: labelsOf(data.subarray(0, algorithmEnd)),
    time: data.readUIntBE(algorithmEnd, 6),
    fudge: data.readUInt16BE(algorithmEnd + 6),
    mac: data.subarray(macStart, macEnd),
    error: data.readUInt16BE(macEnd + 2),
    other: data.subarray(macEnd + 6),
    before,
  };
}

/** The TSIG variables, section 4.3.3. */
function variables(key: TsigKey, fields: TsigFields): Buffer {
  return Buffer.concat([
    encodeName(key.name),
    uint16(CLASS_ANY),
    uint32(0),
    encodeName(key.algorithm),
    timeAndFudge(fields),
    uint16(fields.error, fields.other.length),
    fields.other,
  ]);
}

function timeAndFudge({ time, fudge }: TsigFields): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeUIntBE(time, 0, 6);
  octets.writeUInt16BE(fudge, 6);
  return octets;
}

function digest(key: TsigKey, parts: readonly Buffer[]): Buffer {
  return createHmac(TSIG_ALGORITHMS[key.algorithm], key.secret).update(Buffer.concat(parts)).digest();
}

/** Reads an uncompressed name; algorithm names are never compressed (section 4.2). */
function labelsOf(wire: Buffer): string {
  const labels: string[] = [];
  for (let at = 0; at < wire.length - 1; at += 1 + wire.readUInt8(at)) {
    labels.push(wire.toString('latin1', at + 1, at + 1 + wire.readUInt8(at)));
  }
  return bare(labels.join('.'));
}

function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
