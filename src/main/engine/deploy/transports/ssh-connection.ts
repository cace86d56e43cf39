// Opens SSH connections with ssh2: host key check, login, jump hosts. The only importer of ssh2 besides types.
import type { Duplex } from 'node:stream';
import type { Client, ConnectConfig } from 'ssh2';
import { toUrlHost } from '../../../../shared/ip-address.ts';
import { CertdeskError } from '../../core/errors.ts';
import { oneLine } from '../../core/outside-text.ts';
import { HOST_KEY_ALGORITHMS, type HostKey, readHostKey } from '../../hosts/host-key.ts';
import { type AddressPolicy, REFUSALS } from '../../outgoing/address-policy.ts';
import { connectTcp } from '../../outgoing/connect.ts';
import type { SshCredential, SshTarget, Tunnel } from '../transport.ts';
import { toSshKey } from './private-key.ts';
import { createTunnel } from './tunnel.ts';

/** Loaded at the first connection, so that it costs nothing at startup. */
const loadSsh2 = async () => (await import('ssh2')).default;

const CONNECT_TIMEOUT_MS = 20_000;
const KEEP_ALIVE_MS = 5_000;

export interface SshConnection {
  readonly client: Client;
  /** Why the connection ended; null while it is open. */
  readonly ended: () => string | null;
  /** Calls back once, when the connection has ended. Returns a function that takes the call back out. */
  onEnd(callback: () => void): () => void;
  /** As in Transport. */
  readonly tunnel: Tunnel | null;
  /** Ends it at once, with its jump hosts. */
  close(): void;
}

export interface ConnectOptions {
  readonly policy: AddressPolicy;
  /** The name of the host, for messages. */
  readonly host: string;
  readonly signal: AbortSignal;
  /** A host without an answer for three times as long counts as gone. Default: 5 s. */
  readonly keepAliveMs?: number;
}

/** @throws HOST_UNREACHABLE, HOST_KEY_REFUSED, HOST_LOGIN_REFUSED, HOST_CREDENTIAL_INVALID, ADDRESS_NOT_ALLOWED */
export async function openConnection(target: SshTarget, options: ConnectOptions): Promise<SshConnection> {
  const login = await loginOf(target, options.host);
  const algorithms = acceptedAlgorithms(target.hostKeys, options.host);
  const through = target.jump === null ? null : await openConnection(target.jump, options);
  try {
    return await handshake(target, { ...options, login, algorithms, through });
  } catch (error) {
    through?.close();
    throw error;
  }
}

type Login = Pick<ConnectConfig, 'privateKey' | 'passphrase' | 'password' | 'agent' | 'tryKeyboard'>;

interface HandshakeOptions extends ConnectOptions {
  readonly login: Login;
  readonly algorithms: readonly string[];
  readonly through: SshConnection | null;
  /** Sees the host's key, and decides. Default: only pinned keys. */
  readonly verify?: (key: HostKey) => boolean;
}

async function handshake(target: SshTarget, options: HandshakeOptions): Promise<SshConnection> {
  const { host, signal, login, algorithms, through } = options;
  const { Client } = await loadSsh2();
  const sock = await openSocket(target, options);
  const client = new Client();
  let seen: HostKey | null = null;
  let reason: string | null = null;
  const callbacks = new Set<() => void>();
  const end = (why: string): void => {
    if (reason !== null) return;
    reason = why;
    for (const callback of [...callbacks]) callback();
  };
  const close = (): void => {
    end('the connection was closed');
    client.destroy();
    sock.destroy();
    through?.close();
  };
  const pins = new Set(target.hostKeys.map(({ type, sha256 }) => `${type} ${sha256}`));
  const verify = options.verify ?? ((key: HostKey) => pins.has(`${key.type} ${key.sha256}`));
  try {
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.throwIfAborted();
      signal.addEventListener('abort', onAbort, { once: true });
      const ended = Promise.withResolvers<never>();
      ended.promise.catch(reject);
      client.once('ready', () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      client.on('error', (error) => {
        ended.reject(toError(error, { host, target, seen }));
        end(oneLine(error.message));
      });
      client.on('close', () => {
        ended.reject(unreachable(host, target, 'the host closed the connection'));
        end('the host closed the connection');
      });
      if (login.tryKeyboard === true)
        client.on('keyboard-interactive', (_name, _text, _language, prompts, answer) =>
          answer(prompts.map(() => String(login.password ?? ''))),
        );
      client.connect({
        ...login,
        sock,
        username: target.user,
        readyTimeout: CONNECT_TIMEOUT_MS,
        keepaliveInterval: options.keepAliveMs ?? KEEP_ALIVE_MS,
        keepaliveCountMax: 3,
        algorithms: { serverHostKey: algorithms as never },
        // Never async: ssh2 takes a promise for a yes.
        hostVerifier: (blob: Buffer): boolean => {
          seen = readHostKey(blob);
          return seen !== null && verify(seen);
        },
      });
    });
  } catch (error) {
    close();
    throw error;
  }
  return {
    client,
    ended: () => reason,
    onEnd(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    tunnel: through === null ? null : createTunnel(through, target.address),
    close,
  };
}

/** A direct connection without Nagle's algorithm, which makes SFTP ten times slower, or a channel of the jump host. */
async function openSocket(target: SshTarget, options: HandshakeOptions): Promise<Duplex> {
  const { policy, host, through, signal } = options;
  const { address, port } = target;
  if (through === null) {
    const socket = connectTcp(policy, { host: address, port }, target.origin).setNoDelay(true);
    const opened = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => opened.reject(unreachable(host, target, 'no answer in time')),
      CONNECT_TIMEOUT_MS,
    );
    const onAbort = () => opened.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => opened.resolve());
    socket.on('error', (error) => opened.reject(toError(error, { host, target, seen: null })));
    try {
      await opened.promise;
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }
  // The jump host resolves the name. An address that is a metadata service is so for the jump host, too.
  if (policy.refusal(address, port, 'named') === 'metadata') {
    const details = { host: address, refusal: 'metadata' };
    throw new CertdeskError('ADDRESS_NOT_ALLOWED', `${address} ${REFUSALS.metadata}.`, details);
  }
  return new Promise((resolve, reject) => {
    const lost = () => reject(unreachable(host, target, `the jump host: ${through.ended()}`));
    const forget = through.onEnd(lost);
    through.client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
      forget();
      if (error) reject(unreachable(host, target, `through the jump host: ${oneLine(error.message)}`));
      else resolve(channel);
    });
  });
}

async function loginOf({ credential, user }: SshTarget, host: string): Promise<Login> {
  if (credential.kind === 'password') return { password: credential.password, tryKeyboard: true };
  if (credential.kind === 'agent') return { agent: credential.socket };
  const { utils } = await loadSsh2();
  const problem = (reason: string) =>
    new CertdeskError('HOST_CREDENTIAL_INVALID', `${host}: the private key of ${user} ${reason}.`, {
      host,
      reason,
    });
  try {
    const key = toSshKey(credential.privateKey, credential.passphrase);
    const parsed = utils.parseKey(key.privateKey, key.passphrase ?? undefined);
    if (parsed instanceof Error) throw parsed;
    return { privateKey: key.privateKey, ...(key.passphrase === null ? {} : { passphrase: key.passphrase }) };
  } catch (error) {
    throw problem(keyProblem(credential, String(error)));
  }
}

function keyProblem({ passphrase }: SshCredential & { kind: 'key' }, message: string): string {
  if (/no passphrase given|passphrase required|interrupted or cancelled/i.test(message))
    return 'is encrypted, and no passphrase is saved';
  if (
    passphrase !== null &&
    /bad passphrase|integrity|decrypt|bad password|BAD_DECRYPT|malformed/i.test(message)
  )
    return 'cannot be decrypted: the passphrase is wrong';
  if (/no keys of type/.test(message)) return 'is of a type that SSH does not have';
  return 'is damaged, or of an unknown type';
}

function acceptedAlgorithms(pins: readonly HostKey[], host: string): readonly string[] {
  const algorithms = [...new Set(pins.map(({ type }) => type))].flatMap(
    (type) => HOST_KEY_ALGORITHMS[type] ?? [],
  );
  if (algorithms.length > 0) return algorithms;
  const message =
    pins.length === 0
      ? `${host}: no host key has been accepted yet. Compare the fingerprint, and accept it.`
      : `${host}: Certdesk supports none of the accepted types of host keys. Accept an Ed25519, ECDSA or RSA key.`;
  throw new CertdeskError('HOST_KEY_REFUSED', message, { host, type: null, sha256: null, accepted: pins });
}

interface Attempt {
  readonly host: string;
  readonly target: SshTarget;
  readonly seen: HostKey | null;
}

const WHAT_TO_CHECK: Readonly<Record<SshCredential['kind'], string>> = {
  key: 'the user and its authorized_keys',
  password: 'the user and the password, and that sshd allows passwords',
  agent: 'the user, its authorized_keys, and the keys of the agent (ssh-add -l)',
};

/** ssh2 names the stage that failed in `level`; it has few codes. */
function toError(
  error: Error & { level?: string; code?: string },
  { host, target, seen }: Attempt,
): CertdeskError {
  if (error instanceof CertdeskError) return error;
  const reason = oneLine(error.message);
  if (/no matching host key format/i.test(reason)) return keyRefused(host, target, null);
  if (/verification failed/.test(reason)) return keyRefused(host, target, seen);
  if (error.level === 'agent') {
    const socket = target.credential.kind === 'agent' ? target.credential.socket : '';
    const message = `${host}: the SSH agent at ${socket} cannot be used (${reason}). Check that it runs, and that the user of Certdesk may use its socket.`;
    return new CertdeskError('HOST_CREDENTIAL_INVALID', message, { host, reason });
  }
  if (error.level === 'client-authentication') {
    const message = `${host}: the host refused the login of ${target.user}. Check ${WHAT_TO_CHECK[target.credential.kind]}.`;
    return new CertdeskError('HOST_LOGIN_REFUSED', message, { host, reason });
  }
  return unreachable(host, target, error.code ?? reason);
}

function keyRefused(
  host: string,
  { address, port, hostKeys }: SshTarget,
  seen: HostKey | null,
): CertdeskError {
  const message =
    seen === null
      ? `${host}: the host offers no key of an accepted type any more (${hostKeys.map(({ type }) => type).join(', ')}). Compare the fingerprint of another of its keys, and accept it.`
      : `${host}: ${toUrlHost(address)}:${port} presented the key ${seen.type} SHA256:${seen.sha256}, which nobody has accepted. If the host was reinstalled, compare the fingerprint there and accept it; otherwise someone may be intercepting the connection.`;
  return new CertdeskError('HOST_KEY_REFUSED', message, {
    host,
    type: seen?.type ?? null,
    sha256: seen?.sha256 ?? null,
    accepted: hostKeys,
  });
}

function unreachable(host: string, { address, port }: SshTarget, reason: string): CertdeskError {
  const message = `${host}: no SSH connection to ${toUrlHost(address)}:${port} (${reason}). Check the address and the port.`;
  return new CertdeskError('HOST_UNREACHABLE', message, { host, reason });
}

/**
 * The host's keys, one per supported type, for the first contact: a person compares them. Nothing is logged in to.
 * @param target Its credential and host keys are not used; a jump host is checked and logged in to as usual.
 * @throws HOST_UNREACHABLE, ADDRESS_NOT_ALLOWED; and for a jump host what openConnection throws
 */
export async function scanHostKeys(target: SshTarget, options: ConnectOptions): Promise<readonly HostKey[]> {
  const groups = [
    HOST_KEY_ALGORITHMS['ssh-ed25519'] ?? [],
    Object.entries(HOST_KEY_ALGORITHMS).flatMap(([type, names]) => (type.startsWith('ecdsa') ? names : [])),
    HOST_KEY_ALGORITHMS['ssh-rsa'] ?? [],
  ];
  const keys: HostKey[] = [];
  for (const algorithms of groups) {
    const through = target.jump === null ? null : await openConnection(target.jump, options);
    const verify = (key: HostKey): boolean => {
      keys.push(key);
      return false;
    };
    try {
      await handshake(target, { ...options, login: {}, algorithms, through, verify });
    } catch (error) {
      const refused = error instanceof CertdeskError && error.code === 'HOST_KEY_REFUSED';
      if (!refused) throw error; // a type that the host lacks is refused too
    } finally {
      through?.close();
    }
  }
  return keys;
}
