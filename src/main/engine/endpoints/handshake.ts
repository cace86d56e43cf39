// One TLS handshake on a connected socket, only to see which certificates the server presents.
import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { domainToASCII } from 'node:url';
import { closed } from './failure.ts';
import { listChain, readSentChain } from './sent-chain.ts';
import type { KeyType, PresentedSighting } from './sighting.ts';
import { createTap } from './tap.ts';

/** What clients offer today, and what they offered years ago. */
export type Offer = 'current' | 'outdated';

export type Handshake = Pick<PresentedSighting, 'chain' | 'tlsVersion' | 'cipher'>;

/**
 * Completes a handshake and closes the connection. It trusts nobody and checks nothing: findings.ts judges the chain.
 * A server that rejects the client after its certificates (it wants a client certificate) has presented them all the same.
 * @throws the error of tls, or ProbeFailure if the server closes the connection
 */
export function shakeHands(
  socket: Duplex,
  {
    serverName,
    offer,
    keyType,
  }: { readonly serverName: string | null; readonly offer: Offer; readonly keyType?: KeyType | undefined },
): Promise<Handshake> {
  const { promise, resolve, reject } = Promise.withResolvers<Handshake>();
  const tap = createTap(socket);
  const secure = connect({
    socket: tap.stream,
    servername: toSni(serverName),
    secureContext: contextOf(offer, keyType),
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  let secret: Buffer | null = null;
  secure.on('keylog', (line: Buffer) => {
    secret ??= readSecret(line);
  });
  const describe = (): Handshake => {
    const cipher = secure.getCipher()?.standardName ?? null;
    const sent = readSentChain({ received: tap.received(), secret, cipher });
    const chain = sent.length > 0 ? sent : listChain(secure);
    return { chain, tlsVersion: secure.getProtocol() ?? '', cipher };
  };
  let isDone = false;
  secure.on('secureConnect', () => {
    isDone = true;
    resolve(describe());
    secure.destroySoon(); // sends close_notify first
  });
  secure.on('error', (error) => {
    const hasPresented = secure.getPeerCertificate()?.raw !== undefined; // only what OpenSSL has accepted counts
    if (hasPresented) resolve(describe());
    else reject(error);
  });
  secure.on('close', () => {
    if (!isDone) reject(closed('handshake'));
  });
  return promise;
}

/** The server's handshake secret of TLS 1.3, if this line of the key log has it (RFC 9850). */
function readSecret(line: Buffer): Buffer | null {
  const [label, , secret = ''] = line.toString('latin1').trim().split(' ');
  return label === 'SERVER_HANDSHAKE_TRAFFIC_SECRET' ? Buffer.from(secret, 'hex') : null;
}

/** SNI carries neither IP addresses nor a trailing dot (RFC 6066 section 3). @returns an empty string for no SNI */
function toSni(serverName: string | null): string {
  if (serverName === null || isIP(serverName) !== 0) return '';
  return domainToASCII(serverName.replace(/\.$/, ''));
}

/** Created once: a context without roots is cheap, but 1,000 of them are not. Never shared with `session`. */
const contexts = new Map<string, SecureContext>();

function contextOf(offer: Offer, keyType: KeyType | undefined): SecureContext {
  const key = `${offer} ${keyType ?? 'any'}`;
  const made =
    contexts.get(key) ??
    createContext({
      ...OFFERS[offer],
      ...(keyType === undefined ? {} : { sigalgs: SIGNATURES[keyType] }),
    });
  contexts.set(key, made);
  return made;
}

/**
 * OpenSSL's default groups, but with a key share (`*`) only for X25519. By default OpenSSL also creates a post-quantum key
 * for each connection, which costs more than the rest of the ClientHello, and a probe has nothing to keep secret. A server
 * that supports only another group asks for its share (RFC 8446 section 4.1.4).
 */
const GROUPS = '*X25519:?X25519MLKEM768:?secp256r1:?X448:?secp384r1:?secp521r1:?ffdhe2048:?ffdhe3072';

/** BoringSSL (Electron) and OpenSSL before 3.5 do not know this syntax: they offer their defaults. */
function createContext(options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext({ ...options, ecdhCurve: GROUPS });
  } catch {
    return createSecureContext(options);
  }
}

/** A server presents a certificate whose key can make one of the offered signatures (RFC 8446 section 4.4.2.2). */
const SIGNATURES: Readonly<Record<KeyType, string>> = {
  rsa: 'RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512',
  ec: 'ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512',
};

// An empty `ca` replaces the default roots: intermediates among them (NODE_EXTRA_CA_CERTS) cannot complete a chain.
const OFFERS = {
  current: { ca: [], minVersion: 'TLSv1.2' },
  outdated: {
    ca: [],
    minVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0',
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  },
} satisfies Record<Offer, SecureContextOptions>;
