// One message to one mail server (the only importer of nodemailer).

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

const WITHIN_MS = 30_000;
/** A server's replies to one message have some 2 KiB, its certificates some 10. */
const MOST_BYTES = 64 * 1024;
const CONNECT_MS = 10_000;

/** @throws NOTIFICATION_FAILED with the server's words and code (details.answer, details.status), the reason of `signal` */
export async function sendMail(policy: AddressPolicy, mail: Mail, signal: AbortSignal): Promise<Delivered> {
  const { server, id, subject, text, date } = mail;
  const { createTransport } = await import('nodemailer'); // most installations send no mail
  const until = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
  const connection = await connect(policy, mail, until).catch((error: unknown) => {
    signal.throwIfAborted();
    throw until.aborted ? late() : explain(error, mail);
  });
  // Its type wants a socket; of that it uses what BoundedConnection has.
  const bounded = new BoundedConnection(connection, MOST_BYTES) as unknown as Socket;
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
      // RFC 3834: nobody's out-of-office assistant answers it.
      headers: { 'Auto-Submitted': 'auto-generated', 'Certdesk-Delivery': id },
    });
    const sent = await Promise.race([sending, ended.promise]);
    const refused = sent.rejected.length === 0 ? '' : ` (refused: ${sent.rejected.map(String).join(', ')})`;
    return { status: null, answer: `${sent.response}${refused}` };
  } catch (error) {
    signal.throwIfAborted();
    throw until.aborted ? late() : explain(error, mail);
  } finally {
    until.removeEventListener('abort', end);
    transport.close();
    bounded.destroy();
  }
}

/** A connection of our own, because nodemailer would look the name up once more by itself. */
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
  const said = response ?? (error instanceof Error ? error.message : 'it failed');
  const details = { status: responseCode, answer: response, server: `${server.host}:${server.port}` };
  if (code === 'EAUTH') return failed(`it rejected the user name or password (${said})`, details);
  if (code === 'ETLS')
    return failed(`no secure connection was possible (${said}). Try another TLS mode`, details);
  return failed(trimEndOf(cutText(said).trimEnd(), '. '), details);
}

function late(): CertdeskError {
  return failed(`it did not finish within ${WITHIN_MS / 1000} seconds`);
}

function readError(error: unknown) {
  const of = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const response = of('response');
  const responseCode = of('responseCode');
  return {
    code: of('code'),
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
