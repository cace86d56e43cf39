// A stand-in for acme-dns, after https://github.com/joohoi/acme-dns#api: POST /update with X-Api-User and X-Api-Key
// keeps the last two values of the account's subdomain. Wrong or missing credentials and the subdomain of another
// account are 401 "forbidden", a value that is not 43 characters of base64url is 400 "bad_txt".
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { portOf } from '../ports.ts';

export interface AcmeDns {
  readonly url: string;
  readonly account: {
    readonly username: string;
    readonly password: string;
    readonly subdomain: string;
    readonly fulldomain: string;
  };
  /** Oldest first; two at most. */
  readonly values: readonly string[];
  /** The next requests are answered so, or not at all (null); nothing is kept. */
  readonly faults: ({ readonly status: number; readonly body: string } | null)[];
  readonly requests: number;
  close(): Promise<void>;
}

export interface AcmeDnsOptions {
  /** A random one where left out. */
  readonly subdomain?: string;
  /** Puts the values into a real DNS server. */
  readonly publish?: (values: readonly string[]) => Promise<void>;
}

/** Its name server's domain is auth.example.org. */
export async function startAcmeDns(options: AcmeDnsOptions = {}): Promise<AcmeDns> {
  const { subdomain = randomUUID(), publish = async () => {} } = options;
  const account = {
    username: randomUUID(),
    password: randomBytes(30).toString('base64url'),
    subdomain,
    fulldomain: `${subdomain}.auth.example.org`,
  };
  const state = { values: [] as string[], faults: [] as { status: number; body: string }[], requests: 0 };

  const update = async (headers: NodeJS.Dict<string | string[]>, body: string): Promise<[number, object]> => {
    const known = headers['x-api-user'] === account.username && headers['x-api-key'] === account.password;
    const posted = parse(body);
    if (!known || posted.subdomain !== subdomain) return [401, { error: 'forbidden' }];
    if (!/^[A-Za-z0-9_-]{43}$/.test(posted.txt)) return [400, { error: 'bad_txt' }];
    state.values = [...state.values, posted.txt].slice(-2);
    await publish(state.values);
    return [200, { txt: posted.txt }];
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      state.requests += 1;
      const fault = state.faults.shift();
      if (fault === null) return;
      const known = request.method === 'POST' && request.url === '/update';
      const [status, answer] = known
        ? await update(request.headers, Buffer.concat(chunks).toString())
        : [404, { error: 'not found' }];
      response.writeHead(fault?.status ?? status, { 'content-type': 'application/json' });
      response.end(fault?.body ?? JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    account,
    get values() {
      return state.values;
    },
    faults: state.faults,
    get requests() {
      return state.requests;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function parse(body: string): { subdomain: string; txt: string } {
  try {
    const { subdomain, txt } = JSON.parse(body);
    return { subdomain: String(subdomain), txt: String(txt) };
  } catch {
    return { subdomain: '', txt: '' };
  }
}
