// Encodes UPDATE messages and locates the last record of a message, which dns-packet does not support.

const TYPE_SOA = 6;
const TYPE_TXT = 16;
const CLASS_IN = 1;
const CLASS_NONE = 254;
const OPCODE_UPDATE = 5;

export interface TxtUpdate {
  readonly zone: string;
  /** Adds the record to its RRset (RFC 2136 section 2.5.1), or deletes exactly it from there (section 2.5.4). */
  readonly action: 'add' | 'delete';
  readonly name: string;
  readonly value: string;
  /** Seconds. */
  readonly ttl: number;
}

/** An UPDATE message (RFC 2136 section 2), not signed. */
export function encodeTxtUpdate(id: number, update: TxtUpdate): Buffer {
  const adds = update.action === 'add';
  const rdata = encodeTxtData(update.value);
  return Buffer.concat([
    uint16(id, OPCODE_UPDATE << 11, 1, 0, 1, 0),
    encodeName(update.zone),
    uint16(TYPE_SOA, CLASS_IN),
    encodeName(update.name),
    uint16(TYPE_TXT, adds ? CLASS_IN : CLASS_NONE),
    uint32(adds ? update.ttl : 0),
    uint16(rdata.length),
    rdata,
  ]);
}

/** Encodes a name without compression (RFC 1035 section 3.1), in lower case as TSIG requires. */
export function encodeName(name: string): Buffer {
  const labels = name
    .toLowerCase()
    .split('.')
    .filter((label) => label !== '')
    .map((label) => Buffer.from(label));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), Buffer.of(0)]);
}

/** Encodes 16-bit big-endian integers. */
export function uint16(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    octets.writeUInt16BE(value, index * 2);
  });
  return octets;
}

/** Encodes a 32-bit big-endian integer. */
export function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}

/** The offset of the last record of the message. @throws RangeError if the message is truncated */
export function lastRecordOffset(message: Buffer): number {
  let offset = 12;
  let last = offset;
  for (let count = message.readUInt16BE(4); count > 0; count -= 1) offset = skipName(message, offset) + 4;
  const records = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  for (let count = records; count > 0; count -= 1) {
    last = offset;
    const fixed = skipName(message, offset);
    offset = fixed + 10 + message.readUInt16BE(fixed + 8);
  }
  if (offset !== message.length) throw new RangeError('the records do not fill the message');
  return last;
}

function skipName(message: Buffer, start: number): number {
  let offset = start;
  while (true) {
    const length = message.readUInt8(offset);
    if (length === 0) return offset + 1;
    if (length >= 0xc0) return offset + 2;
    offset += 1 + length;
  }
}

/** Encodes character strings of at most 255 octets each (RFC 1035 section 3.3.14). */
function encodeTxtData(value: string): Buffer {
  const octets = Buffer.from(value);
  const strings: Buffer[] = [];
  for (let start = 0; start === 0 || start < octets.length; start += 255) {
    const string = octets.subarray(start, start + 255);
    strings.push(Buffer.of(string.length), string);
  }
  return Buffer.concat(strings);
}
