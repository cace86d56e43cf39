// The client against servers at --url: without and with every kind of token, over HTTPS, and programs that are not Certdesk.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { makeTls, type TestTls } from '../support/acme/tls.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { type Ended, runCli } from '../support/server/cli.ts';

let folder: string;
let app: TestApp;
let tls: TestTls;
const opened: TcpServer[] = [];

beforeAll(async () => {
  expect(await ensureBuilt()).toBeNull();
  folder = mkdtempSync(join(tmpdir(), 'certdesk-cli-'));
  app = await startApp();
  tls = await makeTls(folder);
}, 600_000);
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});
afterAll(async () => {
  await app?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

async function listen(server: TcpServer): Promise<number> {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

const certdesk = (url: string, token: string | null, ...args: readonly string[]): Promise<Ended> =>
  runCli(args, { env: { CERTDESK_URL: url, CERTDESK_TOKEN: token } });

/** A failure: nothing on standard output, and one line that says what is wrong. */
function failure(ended: Ended, code: 1 | 2, sentence: RegExp): void {
  expect({ code: ended.code, stdout: ended.stdout }, ended.stderr).toEqual({ code, stdout: '' });
  expect(ended.stderr).toMatch(/^certdesk: [^\n]+\n$/);
  expect(ended.stderr).toMatch(sentence);
}

describe('the token', () => {
  it('is required, and an empty one counts as none', async () => {
    failure(await certdesk(app.app.address, null, 'list'), 2, /needs a token: set CERTDESK_TOKEN/);
    failure(await certdesk(app.app.address, '', 'list'), 2, /needs a token/);
    failure(await certdesk(app.app.address, 'a\r\nb', 'list'), 2, /contains a character that no token has/);
  });

  it('is refused if it is wrong, expired or revoked', async () => {
    const wrong = /^certdesk: The API token is unknown, expired or revoked\n$/;
    failure(await certdesk(app.app.address, 'cdk_wrong', 'list'), 1, wrong);
    const { tokens } = app.app.engine;
    const body = { name: 't', scopes: ['projects:read' as const], projectIds: null };
    const revoked = await tokens.create({ ...body, expiresAt: null });
    expect((await certdesk(app.app.address, revoked.secret, 'list')).code).toBe(0);
    await tokens.revoke(revoked.token.id);
    failure(await certdesk(app.app.address, revoked.secret, 'list'), 1, wrong);
    const expiring = await tokens.create({
      ...body,
      expiresAt: new Date(Date.now() + 2_000).toISOString().replace(/\.\d+/, ''),
    });
    await expect
      .poll(async () => (await certdesk(app.app.address, expiring.secret, 'list')).stderr)
      .toMatch(wrong);
  });

  it('without the scope is refused in the words of the server', async () => {
    const reader = await app.makeToken(['projects:read']);
    expect((await certdesk(app.app.address, reader, 'projects')).code).toBe(0);
    failure(
      await certdesk(app.app.address, reader, 'obtain', 'new.example.com'),
      1,
      /This token lacks the scope projects:write/,
    );
  });

  it('prints the error of the server with --json, and the sentence on standard error', async () => {
    const { code, stdout, stderr } = await certdesk(app.app.address, 'cdk_wrong', 'list', '--json');
    expect({ code, answer: JSON.parse(stdout) }).toEqual({
      code: 1,
      answer: {
        success: false,
        code: 'UNAUTHENTICATED',
        error: 'The API token is unknown, expired or revoked',
      },
    });
    expect(stderr).toBe('certdesk: The API token is unknown, expired or revoked\n');
  });

  it('never crosses the network unencrypted', async () => {
    failure(
      await certdesk('http://certs.example.com', 'cdk_x', 'list'),
      2,
      /would cross the network unencrypted/,
    );
    failure(await certdesk('ftp://127.0.0.1', 'cdk_x', 'list'), 2, /must begin with http/);
  });

  it('is not sent to an address that a server redirects to', async () => {
    const seen: (string | undefined)[] = [];
    const target = await listen(
      createServer((incoming, answer) => {
        seen.push(incoming.headers.authorization);
        answer.end();
      }),
    );
    const port = await listen(
      createServer((_, answer) => {
        answer.writeHead(307, { location: `http://127.0.0.1:${target}/` }).end();
      }),
    );
    failure(await certdesk(`http://127.0.0.1:${port}`, 'cdk_x', 'list'), 1, /redirects to/);
    expect(seen).toEqual([]);
  });
});

describe('a program that is not Certdesk', () => {
  const answers: readonly [name: string, answer: (response: ServerResponse) => void][] = [
    ['a page of HTML', (response) => response.setHeader('content-type', 'text/html').end('<h1>Hello</h1>')],
    ['an empty answer', (response) => response.end()],
    ['half of a JSON answer', (response) => json(response, '{"projects":[')],
    ['JSON of another kind', (response) => json(response, '{"items":[1,2]}')],
    ['a list in place of an object', (response) => json(response, '[]')],
    ['null', (response) => json(response, 'null')],
    ['projects that are none', (response) => json(response, '{"projects":"many"}')],
    [
      'an error page',
      (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('Bad gateway'),
    ],
    ['an error in another form', (response) => json(response, '{"message":"oops"}', 500)],
  ];

  function json(response: ServerResponse, body: string, status = 200): void {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(body);
  }

  it.each(answers)('that answers with %s is recognized', async (_, answer) => {
    const port = await listen(createServer((_request, response) => answer(response)));
    const url = `http://127.0.0.1:${port}`;
    const commands = [['list'], ['status'], ['show', 'one.example.com'], ['jobs'], ['renew', 'x']];
    for (const ended of await Promise.all(commands.map((args) => certdesk(url, 'cdk_x', ...args))))
      failure(ended, 1, /does not answer like Certdesk/);
  });

  it('that does not speak HTTP, or hangs up, is reported', async () => {
    const garbage = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    failure(
      await certdesk(`http://127.0.0.1:${garbage}`, 'cdk_x', 'list'),
      1,
      /^certdesk: Cannot reach http/,
    );
    const silent = await listen(createTcpServer((socket) => socket.destroy()));
    failure(await certdesk(`http://127.0.0.1:${silent}`, 'cdk_x', 'list'), 1, /the connection broke/);
  });

  it('is not confused with an address where nothing listens', async () => {
    const port = await listen(createTcpServer());
    opened.splice(0).forEach((server) => {
      server.close();
    });
    failure(await certdesk(`http://127.0.0.1:${port}`, 'cdk_x', 'list'), 1, /nothing listens there/);
    failure(
      await certdesk('https://unheard-of.invalid', 'cdk_x', 'list'),
      1,
      /^certdesk: Cannot reach https/,
    );
  });

  it('cannot change the colour or the title of the terminal', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[31m\u202e';
    const project = {
      id: 'a',
      name: evil,
      domain: null,
      altNames: [evil],
      createdAt: 'x',
      certificate: { status: evil, issuer: evil },
    };
    const page = JSON.stringify({ projects: [project], nextCursor: null });
    const port = await listen(createServer((_request, response) => json(response, page)));
    const { code, stdout } = await certdesk(`http://127.0.0.1:${port}`, 'cdk_x', 'list');
    expect(code).toBe(0);
    expect(stdout).toContain('\\u{1b}]0;owned\\u{7}');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    const failing = await listen(
      createServer((_request, response) => {
        json(response, JSON.stringify({ success: false, code: 'INVALID_REQUEST', error: evil }), 400);
      }),
    );
    const ended = await certdesk(`http://127.0.0.1:${failing}`, 'cdk_x', 'list');
    expect(ended.stderr).toBe('certdesk: \\u{1b}]0;owned\\u{7}\\u{1b}[31m\\u{202e}\n');
  });
});

it('joins all pages of a list, and shows one page with --limit', async () => {
  for (let n = 0; n < 3; n += 1) await app.project(`page-${n}.example.org`);
  // Real pages have 500 rows; the proxy makes them small.
  const asked: (string | null)[] = [];
  const port = await listen(
    createServer((incoming, outgoing) => {
      const url = new URL(incoming.url ?? '', app.app.address);
      asked.push(url.searchParams.get('cursor'));
      if (url.searchParams.get('limit') === '500') url.searchParams.set('limit', '2');
      fetch(url, { headers: { authorization: incoming.headers.authorization ?? '' } }).then(
        async (answer) => {
          outgoing.setHeader('content-type', answer.headers.get('content-type') ?? '');
          outgoing.end(await answer.text());
        },
      );
    }),
  );
  const list = async (...more: readonly string[]) => {
    const ended = await certdesk(
      `http://127.0.0.1:${port}`,
      app.token,
      'projects',
      '--q',
      'example.org',
      ...more,
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return ended.stdout;
  };
  const domains = (text: string) => text.match(/page-\d\.example\.org(?= +page)/g);
  expect(domains(await list())).toHaveLength(3);
  expect(asked).toEqual([null, expect.any(String)]);
  const joined = JSON.parse(await list('--json'));
  expect(joined).toMatchObject({ total: 3, nextCursor: null });
  expect(joined.projects).toHaveLength(3);
  expect(domains(await list('--limit', '1'))).toHaveLength(1);
  expect(JSON.parse(await list('--limit', '1', '--json')).nextCursor).toEqual(expect.any(String));
});

describe('a server with HTTPS', () => {
  /** Passes on requests below /certdesk, like a reverse proxy under a path. */
  async function startProxy(): Promise<string> {
    const { port } = new URL(app.app.address);
    const forward = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
      const { method = '', url = '', headers } = incoming;
      const path = url.replace(/^\/certdesk/, '');
      const sent = request({
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { ...headers, host: `127.0.0.1:${port}` },
      });
      sent.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(sent);
    };
    const server = createTlsServer({ cert: tls.cert, key: tls.key }, forward);
    return `https://127.0.0.1:${await listen(server)}/certdesk/`;
  }

  it('must have a certificate that is trusted', async () => {
    const url = await startProxy();
    failure(await certdesk(url, app.token, 'list'), 1, /is not trusted .*--ca-file.*--fingerprint/);
    const root = join(folder, 'trusted.pem');
    writeFileSync(root, tls.rootPem);
    expect((await certdesk(url, app.token, 'list', '--ca-file', root)).code).toBe(0);
    const env = { CERTDESK_URL: url, CERTDESK_TOKEN: app.token, NODE_EXTRA_CA_CERTS: root };
    expect((await runCli(['list'], { env })).code).toBe(0);
    failure(await certdesk(url, app.token, 'list', '--ca-file', '/nowhere'), 2, /Cannot read --ca-file/);
  });

  it('can be pinned by the fingerprint of its certificate', async () => {
    const url = await startProxy();
    const fingerprint = new X509Certificate(tls.cert).fingerprint256;
    expect(await certdesk(url, app.token, 'projects', '--fingerprint', fingerprint)).toMatchObject({
      code: 0,
    });
    const created = await certdesk(
      url,
      app.token,
      'project',
      'create',
      '--name',
      'pinned',
      '--fingerprint',
      fingerprint,
    );
    expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Project +pinned$/m) });
    const other = `${fingerprint.slice(0, -2)}${fingerprint.endsWith('00') ? '01' : '00'}`;
    failure(
      await certdesk(url, app.token, 'list', '--fingerprint', other),
      1,
      /has another certificate .*Nothing was sent/,
    );
    failure(await certdesk(url, app.token, 'list', '--fingerprint', 'abc'), 2, /64 hex digits/);
    failure(await certdesk(app.app.address, app.token, 'list', '--fingerprint', other), 1, /needs an https/);
  });
});

describe('the command line', () => {
  it.each([
    [['lst'], /unknown command 'lst'.*Did you mean list/],
    [['list', '--jsn'], /unknown option '--jsn'.*Did you mean --json/],
    [['show'], /missing required argument 'NAME'/],
    [['show', 'a', 'b'], /too many arguments/],
    [['list', '--status', 'old'], /Allowed choices are valid/],
    [['list', '--limit', 'all'], /Use a number/],
    [['obtain', 'a.example.com', '--dns-credentials', '/nowhere'], /Cannot read \/nowhere/],
    [['completion', 'tcsh'], /Allowed choices are bash/],
  ])('%j is refused before any request', async (args, sentence) => {
    failure(await certdesk('http://127.0.0.1:1', 'cdk_x', ...args), 2, sentence);
  });

  it('gives the options after the second word to the second command', async () => {
    const ended = await certdesk(app.app.address, app.token, 'hosts', 'test', 'nowhere', '--json');
    expect({ code: ended.code, answer: JSON.parse(ended.stdout) }).toMatchObject({
      code: 1,
      answer: { success: false },
    });
    failure(
      await certdesk(app.app.address, app.token, 'hosts', 'tst'),
      2,
      /too many arguments|unknown command/,
    );
  });

  it('names the option for a field that the server refuses, and leaves no project behind', async () => {
    const ended = await certdesk(app.app.address, app.token, 'obtain', '*.left.example.com');
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'Created the project *.left.example.com\nDeleted the project again\ncertdesk: --dns-provider: DNS-01 needs a DNS provider\n',
    });
    const listed = await certdesk(app.app.address, app.token, 'projects', '--q', 'left.example.com');
    expect(listed).toMatchObject({ code: 0, stdout: '' });
  });

  it('does not quote a file of credentials that is not JSON', async () => {
    const file = join(folder, 'token.txt');
    writeFileSync(file, 's3cret-token');
    const ended = await certdesk(
      app.app.address,
      app.token,
      'obtain',
      'a.example.com',
      '--dns-credentials',
      file,
    );
    failure(ended, 2, /is not JSON/);
    expect(ended.stderr).not.toContain('s3cret');
  });

  it('says that two projects have the same domain, with their IDs', async () => {
    const ids = [await app.project('twice.example.com'), await app.project('twice.example.com')];
    const ended = await certdesk(app.app.address, app.token, 'show', 'twice.example.com');
    failure(ended, 1, /^certdesk: 2 projects have the name twice\.example\.com/);
    for (const id of ids) expect((await certdesk(app.app.address, app.token, 'show', id)).code).toBe(0);
  });

  it('ends quietly when the reader of its output has seen enough', async () => {
    for (let n = 0; n < 3; n += 1) await app.project(`many-${n}.example.com`);
    const script = `"$0" "$1" projects | head -1; echo "\${PIPESTATUS[0]}"`;
    const program = ['bash', '-c', script, process.execPath] as const;
    const env = { CERTDESK_URL: app.app.address, CERTDESK_TOKEN: app.token };
    const { stdout, stderr } = await runCli([join(import.meta.dirname, '../../bin/certdesk.mjs')], {
      program,
      env,
    });
    expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/^NAME .*\n0\n$/), stderr: '' });
  });
});
