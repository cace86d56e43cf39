// A strict mail server on loopback: STARTTLS or TLS from the start, AUTH before MAIL if it requires a password, one
// state after the other. It stores what it accepts.
import { createServer, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';

export interface SmtpOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** `tls`: from the first octet. */
  readonly mode: 'plain' | 'starttls' | 'tls';
  readonly login?: { readonly user: string; readonly password: string };
  /** The answer instead of accepting a message: `451 4.3.0 Try later`. */
  refuse?: string | null;
  /** Never answers. */
  readonly silent?: boolean;
}

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  readonly secure: boolean;
  readonly user: string | null;
}

export interface SmtpServer {
  readonly port: number;
  readonly mails: readonly TakenMail[];
  /** Every received command, passwords included. */
  readonly commands: readonly string[];
  readonly options: SmtpOptions;
  stop(): Promise<void>;
}

export async function startSmtpServer(options: SmtpOptions): Promise<SmtpServer> {
  const mails: TakenMail[] = [];
  const commands: string[] = [];
  const open = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
    if (options.silent !== true) talk(socket, { options, mails, commands, open });
  };
  const server =
    options.mode === 'tls' ? createTlsServer({ ...options.tls }, onSocket) : createServer(onSocket);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mails,
    commands,
    options,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

interface World {
  readonly options: SmtpOptions;
  readonly mails: TakenMail[];
  readonly commands: string[];
  readonly open: Set<Socket>;
}

interface Session {
  greeted: boolean;
  user: string | null;
  from: string | null;
  to: string[];
  data: string[] | null;
  /** The handler of the next line: AUTH LOGIN asks twice. */
  asked: ((line: string) => string) | null;
}

function talk(first: Socket, { options, mails, commands, open }: World): void {
  let socket = first;
  let rest = '';
  const fresh = (): Session => ({ greeted: false, user: null, from: null, to: [], data: null, asked: null });
  let session = fresh();
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const secure = (): boolean => socket instanceof TLSSocket;

  const check = (user: string, password: string): string => {
    if (user !== options.login?.user || password !== options.login.password) {
      return '535 5.7.8 Error: authentication failed: wrong password';
    }
    session.user = user;
    return '235 2.7.0 Authentication successful';
  };

  function answer(line: string): string | null {
    const { asked } = session;
    if (asked !== null) {
      session.asked = null;
      return asked(line);
    }
    const [verb = '', ...words] = line.split(' ');
    const argument = words.join(' ');
    switch (verb.toUpperCase()) {
      case 'EHLO':
        session.greeted = true;
        return [
          '250-mail.test',
          ...(options.mode === 'starttls' && !secure() ? ['250-STARTTLS'] : []),
          ...(options.login !== undefined && (secure() || options.mode === 'plain')
            ? ['250-AUTH PLAIN LOGIN']
            : []),
          '250 8BITMIME',
        ].join('\r\n');
      case 'STARTTLS':
        if (options.mode !== 'starttls' || secure()) return '503 5.5.1 Not now';
        say('220 2.0.0 Ready to start TLS');
        upgrade();
        return null;
      case 'AUTH': {
        if (!session.greeted) return '503 5.5.1 EHLO first';
        if (options.mode !== 'plain' && !secure()) return '538 5.7.11 Encryption required';
        const [how = '', given = ''] = words;
        if (how.toUpperCase() !== 'PLAIN') return '504 5.5.4 Unknown';
        const [, user = '', password = ''] = Buffer.from(given, 'base64').toString().split('\0');
        return check(user, password);
      }
      case 'MAIL':
        if (options.mode !== 'plain' && !secure()) return '530 5.7.0 Must issue a STARTTLS command first';
        if (options.login !== undefined && session.user === null) return '530 5.7.0 Authentication required';
        session.from = /<(.*?)>/.exec(argument)?.[1] ?? '';
        return '250 2.1.0 Ok';
      case 'RCPT':
        if (session.from === null) return '503 5.5.1 MAIL first';
        session.to.push(/<(.*?)>/.exec(argument)?.[1] ?? '');
        return '250 2.1.5 Ok';
      case 'DATA':
        if (session.to.length === 0) return '503 5.5.1 RCPT first';
        session.data = [];
        return '354 End data with <CR><LF>.<CR><LF>';
      case 'QUIT':
        say('221 2.0.0 Bye');
        socket.end();
        return null;
      default:
        return '502 5.5.2 Unknown command';
    }
  }

  function take(line: string): void {
    const { data, from, to, user } = session;
    if (data === null) {
      commands.push(line);
      const said = answer(line);
      if (said !== null) say(said);
      return;
    }
    if (line !== '.') {
      data.push(line.replace(/^\.\./, '.'));
      return;
    }
    session.data = null;
    const { refuse = null } = options;
    if (refuse === null) mails.push({ from: from ?? '', to, data: data.join('\n'), secure: secure(), user });
    say(refuse ?? '250 2.0.0 Ok: queued as 4711');
  }

  const onData = (chunk: Buffer): void => {
    rest += chunk.toString();
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      take(line);
    }
  };

  function upgrade(): void {
    socket.removeListener('data', onData);
    const upgraded = new TLSSocket(socket, {
      isServer: true,
      secureContext: createSecureContext({ ...options.tls }),
    });
    open.add(upgraded);
    upgraded.on('close', () => open.delete(upgraded)).on('error', () => undefined);
    socket = upgraded;
    session = fresh(); // RFC 3207 section 4.2: the client starts again
    rest = '';
    upgraded.on('data', onData);
  }

  socket.on('data', onData);
  say('220 mail.test ESMTP');
}
