// The plaintext dialogue before TLS on one socket: whole answers in, requests out, at most 64 KiB from the server.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { closed, ProbeFailure } from '../failure.ts';

/** The beginning of `buffer` that is one whole answer, or null if more bytes are needed. */
export type Parse<T> = (buffer: Buffer) => { readonly value: T; readonly length: number } | null;

export interface Conversation {
  /** Waits for an answer. @throws ProbeFailure: the server closes the connection or sends too much */
  read<T>(parse: Parse<T>): Promise<T>;
  write(data: string | Uint8Array): void;
  /** Ends the dialogue: TLS may start. @throws ProbeFailure if bytes are left, which may have been injected */
  end(): void;
  /** This side's address. */
  readonly localAddress: string;
}

/** One protocol: speaks until the server is ready for TLS. @throws ProbeFailure */
export type StartTls = (talk: Conversation, host: string) => Promise<void>;

const MAX_BYTES = 64 * 1024;

export function createConversation(socket: Duplex): Conversation {
  let received = Buffer.alloc(0);
  let total = 0;
  let failure: ProbeFailure | null = null;
  let wake = (): void => undefined;
  const fail = (reason: ProbeFailure): void => {
    failure ??= reason;
    wake();
  };
  const onData = (chunk: Buffer): void => {
    total += chunk.length;
    if (total > MAX_BYTES) {
      socket.pause();
      fail(new ProbeFailure('protocol-error', `sends more than ${MAX_BYTES / 1024} KiB before TLS`));
      return;
    }
    received = Buffer.concat([received, chunk]);
    wake();
  };
  const onEnd = (): void => fail(closed('starttls'));
  socket.on('data', onData).on('end', onEnd).on('close', onEnd);

  return {
    localAddress: (socket instanceof Socket ? socket.localAddress : undefined) ?? '127.0.0.1',
    write: (data) => void socket.write(data),
    async read(parse) {
      for (;;) {
        const answer = parse(received);
        if (answer !== null) {
          received = received.subarray(answer.length);
          return answer.value;
        }
        if (failure !== null) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    end() {
      socket.off('data', onData).off('end', onEnd).off('close', onEnd).pause();
      if (received.length > 0)
        throw new ProbeFailure('protocol-error', 'sends plaintext after it has agreed to start TLS');
    },
  };
}

/** One line without its end. */
export const line: Parse<string> = (buffer) => {
  const end = buffer.indexOf('\n');
  if (end === -1) return null;
  return { value: buffer.toString('latin1', 0, end).replace(/\r$/, ''), length: end + 1 };
};

export interface Reply {
  /** Three digits; null if the answer is not a reply. */
  readonly code: number | null;
  /** Without the codes. */
  readonly lines: readonly string[];
}

/** A reply of SMTP (RFC 5321 section 4.2) or FTP (RFC 959 section 4.2), which may have several lines: `250-…`, `250 …`. */
export const reply: Parse<Reply> = (buffer) => {
  const lines: string[] = [];
  for (let at = 0; ; ) {
    const next = line(buffer.subarray(at));
    if (next === null) return null;
    at += next.length;
    const first = lines[0] ?? next.value;
    lines.push(next.value);
    if (!/^\d{3}(?:[ -]|$)/.test(first)) return { value: { code: null, lines }, length: at };
    const code = first.slice(0, 3);
    const isLast = next.value.startsWith(code) && next.value[3] !== '-';
    if (isLast) return { value: { code: Number(code), lines: lines.map(withoutCode) }, length: at };
  }
};

const withoutCode = (text: string): string => text.replace(/^\d{3}[ -]?/, '');

/** @param protocol Its name in a sentence: `an SMTP server` */
export function invalid(protocol: string): ProbeFailure {
  return new ProbeFailure('protocol-error', `does not answer like ${protocol}`);
}

export function notOffered(): ProbeFailure {
  return new ProbeFailure(
    'starttls-not-offered',
    'does not offer STARTTLS: connections to it stay in plaintext',
  );
}
