// Prometheus, https://prometheus.io/docs/: scrapes /metrics by the configuration of docs/monitoring.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApp } from '../../../test/support/server/app.ts';
import { TCP } from '../../../test/support/tools/ports.ts';
import { definePeer, ensure } from '../peer.ts';
import { startPeer, takePorts } from '../process.ts';

const PATIENCE_MS = 60_000;

export const prometheus = definePeer({
  name: 'prometheus',
  source: 'Debian package prometheus',
  install: ({ debian }) => debian(['prometheus'], 'prometheus'),
  async run({ path }, bench) {
    const { folder } = bench;
    const app = await startApp();
    bench.cleanUp(app.stop);
    await app.project('metrics.example.com');
    const tokenFile = join(folder, 'certdesk.token');
    writeFileSync(tokenFile, `${await app.makeToken(['projects:read'])}\n`);
    const config = join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      `scrape_configs:
  - job_name: certdesk
    scrape_interval: 1s
    authorization: { credentials_file: ${tokenFile} }
    static_configs: [{ targets: ['${new URL(app.app.address).host}'] }]
`,
    );
    const [port = 0] = await takePorts(bench, [TCP]);
    const address = `127.0.0.1:${port}`;
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ];
    const { waitUntil } = await startPeer(bench, { program: path, args, port });
    // It listens before it has read its own storage, and answers 503 until then.
    await waitUntil(async () => (await fetch(`http://${address}/-/ready`)).ok, PATIENCE_MS);
    const ask = (query: string) => askUntilKnown(`http://${address}`, query);

    await bench.check('scrapes /metrics with a token', async () => {
      const value = await ask('up{job="certdesk"}');
      ensure(value === '1', `up is ${value}`);
      return undefined;
    });
    await bench.check('answers a query for the number of projects', async () => {
      const value = await ask('certdesk_projects_all');
      ensure(value === '1', `it says ${value}`);
      return `certdesk_projects_all = ${value}`;
    });
    await bench.check('takes every metric as it is, with its type', async () => {
      const { data } = await getJson(`http://${address}/api/v1/targets/metadata`);
      const own = (data as { metric: string; type: string }[]).filter(({ metric }) =>
        metric.startsWith('certdesk_'),
      );
      ensure(own.length > 10, `it knows ${own.length} metrics`);
      const untyped = own.filter(({ type }) => type === 'unknown');
      ensure(untyped.length === 0, `without a type: ${untyped.map(({ metric }) => metric).join(', ')}`);
      return `${own.length} metrics`;
    });
  },
});

/** The value of the first series, once there is one. */
async function askUntilKnown(server: string, query: string): Promise<string> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { data } = await getJson(`${server}/api/v1/query?query=${encodeURIComponent(query)}`);
    const [first] = (data as { result: { value: [number, string] }[] }).result;
    if (first !== undefined && first.value[1] !== '0') return first.value[1];
    ensure(performance.now() < deadline, `Prometheus has no answer to ${query}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function getJson(url: string): Promise<{ readonly data: unknown }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  ensure(answer.ok, `${url} was answered by ${answer.status}`);
  return (await answer.json()) as { readonly data: unknown };
}
