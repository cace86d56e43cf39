// Sends one message to one mail server. The only importer of nodemailer.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Channel } from '../../../shared/notification.ts';
import type { NotificationDetails } from '../core/error-details.ts';
import { CertdeskError } from '../core/errors.ts';
import { cutText, trimEndOf } from '../core/outside-text.ts';
import type { AddressOrigin, AddressPolicy } from '../outgoing/address-policy.ts';
import { addressRefusal, connectTcp } from '../outgoing/connect.ts';
import { trustedRoots } from '../outgoing/trusted-roots.ts';
import { BoundedConnection } from './bounded-connection.ts';
import type { Delivered } from './model.ts';

export interface Mail {
  readonly server: NonNullable<Channel['email']>;
  readonly origin: AddressOrigin;
  readonly password: string | null;
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly date: Date;
}

const TIMEOUT_MS = 30_000;
/** A server's replies to one message have about 2 KiB, its certificates about 10 KiB. */
const MAX_BYTES = 64 * 1024;
const CONNECT_MS = 10_000;

/**
 * Sends a mail.
 * @throws NOTIFICATION_FAILED with the server's response and code (details.answer, details.status), the reason of
 * `signal`
 */
export async function sendMail(policy: AddressPolicy, mail: Mail, signal: AbortSignal): Promise<Delivered> {
  const { server, id, subject, text, date } = mail;
  const { createTransport } = await import('nodemailer'); // most installations send no mail
  const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const connection = await connect(policy, mail, until).catch((error: unknown) => {
    signal.throwIfAborted();
    throw until.aborted ? timedOut() : explain(error, mail);
  });
  // nodemailer's type requires a socket, but it uses only the methods that BoundedConnection has.
  const bounded = new BoundedConnection(connection, MAX_BYTES) as unknown as Socket;
  const transport = createTransport({ ...optionsOf(mail), connection: bounded });
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(until.reason);
  until.addEventListener('abort', end, { once: true });
  try {
    const sending = transport.sendMail({
      from: { name: 'Certdesk', address: server.from },
      to: server.to,
      subject,
      text,
      date,
      messageId: `<${id}@${server.from.split('@').pop()}>`,
      // RFC 3834: prevents out-of-office replies.
      headers: { 'Auto-Submitted': 'auto-generated', 'Certdesk-Delivery': id },
    });
    const sent = await Promise.race([sending, ended.promise]);
    const refused = sent.rejected.length === 0 ? '' : ` (refused: ${sent.rejected.map(String).join(', ')})`;
    return { status: null, answer: `${sent.response}${refused}` };
  } catch (error) {
    signal.throwIfAborted();
    throw until.aborted ? timedOut() : explain(error, mail);
  } finally {
    until.removeEventListener('abort', end);
    transport.close();
    bounded.destroy();
  }
}

/** Opens its own connection, because nodemailer would resolve the checked host name again. */
async function connect(policy: AddressPolicy, { server, origin }: Mail, until: AbortSignal): Promise<Socket> {
  const signal = AbortSignal.any([until, AbortSignal.timeout(CONNECT_MS)]);
  const socket = connectTcp(policy, server, origin);
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    if (signal.aborted && !until.aborted) throw new Error('it did not accept the connection in time');
    throw error;
  }
}

function optionsOf({ server, password }: Mail) {
  const { host, port, security, username, rootCertificate } = server;
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(username === null ? {} : { auth: { user: username, pass: password ?? '' } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: {
      minVersion: 'TLSv1.2' as const,
      ca: [...trustedRoots(), ...(rootCertificate === null ? [] : [rootCertificate])],
    },
  };
}

function explain(error: unknown, { server }: Mail): CertdeskError {
  const refused = addressRefusal(error);
  if (refused !== null) return failed(refused.message.replace(/\.$/, ''));
  const { code, response, responseCode } = readError(error);
  const reason = response ?? (error instanceof Error ? error.message : 'it failed');
  const details = { status: responseCode, answer: response, server: `${server.host}:${server.port}` };
  if (code === 'EAUTH') return failed(`it rejected the user name or password (${reason})`, details);
  if (code === 'ETLS')
    return failed(`no secure connection was possible (${reason}). Try another TLS mode`, details);
  return failed(trimEndOf(cutText(reason).trimEnd(), '. '), details);
}

function timedOut(): CertdeskError {
  return failed(`it did not finish within ${TIMEOUT_MS / 1000} seconds`);
}

function readError(error: unknown) {
  const read = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const response = read('response');
  const responseCode = read('responseCode');
  return {
    code: read('code'),
    response: typeof response === 'string' ? response : null,
    responseCode: typeof responseCode === 'number' ? responseCode : null,
  };
}

function failed(why: string, details: NotificationDetails = {}): CertdeskError {
  return new CertdeskError(
    'NOTIFICATION_FAILED',
    `The mail server did not accept the message: ${why}.`,
    details,
  );
}
