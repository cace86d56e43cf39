// STARTTLS of XMPP for clients (RFC 6120 section 5).
import { ProbeFailure } from '../failure.ts';
import { invalid, notOffered, type Parse, type StartTls } from './conversation.ts';

const TLS = 'urn:ietf:params:xml:ns:xmpp-tls';

/** Everything up to the end of the first match. */
const upTo =
  (pattern: RegExp): Parse<string> =>
  (buffer) => {
    const text = buffer.toString('latin1');
    const found = pattern.exec(text);
    if (found === null) return null;
    const length = found.index + found[0].length;
    return { value: text.slice(0, length), length };
  };

/** The features, or anything that shows that the server will not send them. */
const features = upTo(/^\s*[^<\s]|<\/stream:features>|<stream:features\s*\/>|<\/stream:stream>|<html/i);
const decision = upTo(/<proceed\b[^<>]*>|<failure\b[^<>]*>|<\/stream:stream>/);

export const startXmpp: StartTls = async (talk, host) => {
  const to = host.replace(/[&<>'"]/g, '');
  talk.write(
    `<?xml version='1.0'?><stream:stream to='${to}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`,
  );
  const offer = await talk.read(features);
  if (!offer.includes('<stream:stream')) throw invalid('an XMPP server');
  if (offer.includes('<host-unknown'))
    throw new ProbeFailure('protocol-error', `is an XMPP server, but does not serve ${to}`);
  // A server without any feature ends the stream with an error (Prosody).
  if (!offer.includes(TLS)) throw notOffered();
  talk.write(`<starttls xmlns='${TLS}'/>`);
  if (!(await talk.read(decision)).includes('<proceed')) throw notOffered();
};
