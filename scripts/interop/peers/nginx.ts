// nginx in front of the built server, by the configuration of docs/reverse-proxy.md: HTTPS, a path of its own, and the
// GUI in Chromium.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Page } from 'playwright';
import { makeTls } from '../../../test/support/acme/tls.ts';
import { callApi } from '../../../test/support/server/app.ts';
import { runCertdesk, startServer } from '../../../test/support/server/server.ts';
import { TCP } from '../../../test/support/tools/ports.ts';
import { ensureBuilt } from '../../lib/build.ts';
import { toolPath } from '../../lib/find-tool.ts';
import { type Bench, definePeer, ensure } from '../peer.ts';
import { startPeer, takePorts } from '../process.ts';

const NAME = 'certs.example.com';
const PAGE = resolve(import.meta.dirname, '../../../docs/reverse-proxy.md');

interface Site {
  /** `https://certs.example.com:PORT/certdesk` */
  readonly url: string;
  readonly dataFolder: string;
  readonly token: string;
  readonly page: Page;
}

export const nginx = definePeer({
  name: 'nginx',
  source: 'Debian package nginx-core',
  install: ({ debian }) => debian(['nginx-core', 'nginx'], 'nginx'),
  async run({ path }, bench) {
    await ensureBuilt();
    const { folder } = bench;
    const dataFolder = join(folder, 'data');
    const server = await startServer({ dataFolder, args: ['--allowed-host', NAME] });
    bench.cleanUp(() => server.stop());
    const [https = 0, http = 0] = await takePorts(bench, [TCP, TCP]);
    const { certPath, keyPath } = await makeTls(folder);
    const documented = readExample()
      .replace('listen 443 ssl', `listen 127.0.0.1:${https} ssl`)
      .replace('listen 80 default_server', `listen 127.0.0.1:${http} default_server`)
      .replace(/(ssl_certificate +)\S+;/, `$1${certPath};`)
      .replace(/(ssl_certificate_key +)\S+;/, `$1${keyPath};`)
      .replaceAll('http://127.0.0.1:7878', server.address);
    await startNginx(bench, path, documented, https);
    const token = (
      await runCertdesk([
        ...['token', 'create', '--name', 'interop', '--scope', 'projects:write', '--data-dir', dataFolder],
      ])
    ).trim();
    const browser = await chromium.launch({
      executablePath: toolPath('CERTDESK_TEST_CHROMIUM'),
      args: ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=MAP ${NAME} 127.0.0.1`],
    });
    bench.cleanUp(() => browser.close());
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    page.setDefaultTimeout(60_000);
    const url = `https://${NAME}:${https}/certdesk`;
    await checkSite(bench, { url, dataFolder, token, page });
    await bench.check('passes on HTTP-01 at port 80 without the path', async () => {
      const answer = await callApi(`http://127.0.0.1:${http}/.well-known/acme-challenge/none`, 'GET', {});
      ensure(answer.status === 404 && answer.text === 'Not found\n', `${answer.status} ${answer.text}`);
      return undefined;
    });
  },
});

async function checkSite(bench: Bench, { url, dataFolder, token, page }: Site): Promise<void> {
  const { host } = new URL(url);
  const strangers: string[] = [];
  const failed: string[] = [];
  let answers = 0;
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !/^(data|blob):/.test(request.url()))
      strangers.push(request.url());
  });
  page.on('response', (answer) => {
    answers += 1;
    if (answer.status() >= 400) failed.push(`${answer.status()} ${answer.url()}`);
  });
  /** From the page, as a script of a user would call the API. */
  const call = (method: string, path: string, body?: object) =>
    page.evaluate(
      async ([at, how, bearer, text]) => {
        const headers = {
          authorization: `Bearer ${bearer}`,
          'content-type': 'application/json',
          prefer: 'respond-async',
        };
        const answer = await fetch(at, { method: how, headers, ...(text === '' ? {} : { body: text }) });
        const location = answer.headers.get('location');
        return { status: answer.status, location, body: JSON.parse(await answer.text()) };
      },
      [`${url}/api/v1${path}`, method, token, body === undefined ? '' : JSON.stringify(body)] as const,
    );

  await bench.check('signs a browser in by login-link --url with the path', async () => {
    const link = await runCertdesk(['login-link', '--data-dir', dataFolder, '--url', url]);
    ensure(link.startsWith(`${url}/login#`), 'the link has lost the path');
    await page.goto(link.trim());
    await page.getByRole('navigation').first().waitFor();
    const cookies = await page.context().cookies();
    ensure(
      cookies.some(({ name, path }) => name.startsWith('__Host-certdesk') && path === '/'),
      'no cookie that is bound to the host',
    );
    return undefined;
  });
  await bench.check('shows a new project at once: events come through', async () => {
    await page.getByRole('link', { name: 'Projects' }).first().click();
    await page.getByText('No projects yet').waitFor();
    const { status } = await call('POST', '/projects', { name: 'behind', domain: 'behind.example.com' });
    ensure(status === 201, `it was answered by ${status}`);
    await page.getByText('behind.example.com').first().waitFor();
    return undefined;
  });
  await bench.check('keeps the session over a reload', async () => {
    await page.reload();
    await page.getByText('behind.example.com').first().waitFor();
    return undefined;
  });
  await bench.check('names the path in the OpenAPI document and in the Location of a job', async () => {
    const { body } = await call('GET', '/openapi.json');
    ensure(body.servers[0].url === '/certdesk/api/v1', JSON.stringify(body.servers));
    const { body: list } = await call('GET', '/projects');
    const request = { challengeType: 'http-01', ca: 'https://127.0.0.1:1/directory', autoRenew: false };
    const asked = await call('POST', `/projects/${list.projects[0].id}/certificate/obtain`, request);
    ensure(asked.location?.startsWith('/certdesk/api/v1/jobs/') === true, JSON.stringify(asked));
    return undefined;
  });
  await bench.check('shows the documentation of the API, which calls the server below the path', async () => {
    await page.goto(`${url}/api/docs`);
    const operation = page.getByRole('button', { name: /^get \/health$/i });
    await operation.click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText(`https://${host}/certdesk/api/v1/health`).first().waitFor();
    return undefined;
  });
  await bench.check('asks for nothing outside of the path, and for nothing that is not there', async () => {
    ensure(answers > 20, `it asked ${answers} times only`);
    ensure(strangers.length === 0, strangers.join(', '));
    ensure(failed.length === 0, failed.join(', '));
    return undefined;
  });
}

/** The first nginx block of docs/reverse-proxy.md. */
function readExample(): string {
  const [, example] = /```nginx\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];
  ensure(example !== undefined, 'docs/reverse-proxy.md has no nginx example');
  return example;
}

async function startNginx(bench: Bench, program: string, servers: string, port: number): Promise<void> {
  const folder = join(bench.folder, 'nginx');
  mkdirSync(folder);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const config = join(folder, 'nginx.conf');
  writeFileSync(
    config,
    `daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
access_log off;
${temporary.join('\n')}
${servers}
}
`,
  );
  await startPeer(bench, { program, args: ['-p', folder, '-c', config, '-e', 'stderr'], port });
}
