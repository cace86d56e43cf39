// The StartTLS extended operation of LDAP (RFC 4511 section 4.14).
import { readTlv } from '../../pki/inspect/tlv.ts';
import { invalid, notOffered, type Parse, type StartTls } from './conversation.ts';

/** LDAPMessage 1: [APPLICATION 23] ExtendedRequest with [0] requestName. */
const REQUEST = Buffer.concat([
  Buffer.from('301d02010177188016', 'hex'),
  Buffer.from('1.3.6.1.4.1.1466.20037', 'latin1'),
]);

const SEQUENCE = 0x30;
const EXTENDED_RESPONSE = 0x78;
const ENUMERATED = 0x0a;

/** A whole LDAPMessage; null as its value if the bytes are something else. */
const message: Parse<Buffer | null> = (buffer) => {
  if (buffer.length > 0 && buffer[0] !== SEQUENCE) return { value: null, length: buffer.length };
  const outer = readTlv(buffer);
  return outer === null ? null : { value: outer.value, length: outer.whole.length };
};

export const startLdap: StartTls = async (talk) => {
  talk.write(REQUEST);
  const body = await talk.read(message);
  const id = body === null ? null : readTlv(body);
  const response = body === null || id === null ? null : readTlv(body.subarray(id.whole.length));
  const result = response?.tag === EXTENDED_RESPONSE ? readTlv(response.value) : null;
  if (result?.tag !== ENUMERATED) throw invalid('an LDAP server');
  if (result.value.some((octet) => octet !== 0)) throw notOffered();
};
