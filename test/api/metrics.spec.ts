// /metrics as Prometheus reads it: permissions and content.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { createEndpointRecords } from '../support/endpoints/endpoint-records.ts';
import { makeManyProjects } from '../support/engine/many-projects.ts';
import { CERTIFICATE, PROJECT } from '../support/engine/records.ts';
import { callApi, startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
const ODD = 'a "quoted" name\\ with {braces}';

beforeAll(async () => {
  app = await startApp();
  // Some of the certificates are due.
  await app.call('PATCH', '/settings', { body: { renewals: { pausedUntil: '2099-01-01T00:00:00Z' } } });
  const database = openDatabase(databasePath(app.dataFolder));
  const stores = createStores(database.db);
  await makeManyProjects(stores, 2_000, new Date());
  await stores.projects.create({ ...PROJECT, name: ODD });
  await stores.certificates.activate({ ...CERTIFICATE, expiresAt: '2100-01-01T00:00:00Z' });
  await stores.settings.set('last-sweep', { at: '2026-01-01T00:00:00Z', begun: 0, ms: 250, error: null });
  const endpoints = { projectId: 'p1', host: 'shop.example.com', count: 2, now: new Date() };
  await createEndpointRecords(stores, endpoints);
  await database.close();
});
afterAll(() => app?.stop());

const scrape = (token: string | null, path = '/metrics') =>
  callApi(`${app.app.address}${path}`, 'GET', { token });

/** A small version of Prometheus's own parser. */
const LINE = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (-?[\d.e+]+)$/;

describe('/metrics', () => {
  it('needs a token that may read, even from loopback, and answers GET only', async () => {
    expect((await scrape(null)).status).toBe(401);
    expect((await scrape('wrong')).status).toBe(401);
    expect(
      (await callApi(`${app.app.address}/metrics`, 'POST', { token: app.token })).status,
    ).toBeGreaterThanOrEqual(404);
    const answer = await scrape(await app.makeToken(['projects:read']));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await scrape(app.token, '/api/v1/metrics')).text).toContain('certdesk_info');
  });

  it('has every certificate, the renewal check, jobs and projects in lines that parse', async () => {
    const { text } = await scrape(app.token);
    const lines = text.trimEnd().split('\n');
    const samples = lines.filter((line) => !line.startsWith('#'));
    expect(samples.filter((line) => !LINE.test(line))).toEqual([]);
    const count = (name: string) => samples.filter((line) => line.startsWith(`${name}{`)).length;
    expect(count('certdesk_certificate_not_after_timestamp_seconds')).toBe(1_961);
    expect(count('certdesk_certificate_failed_attempts')).toBe(1_961);
    expect(samples).toContain(
      'certdesk_certificate_not_after_timestamp_seconds{project="p1",name="a \\"quoted\\" name\\\\ with {braces}",domain="shop.example.com",ca="letsencrypt"} 4102444800',
    );
    expect(
      samples.filter(
        (line) => line.startsWith('certdesk_certificate_last_attempt_success') && line.endsWith(' 0'),
      ),
    ).toHaveLength(40);
    expect(samples.filter((line) => /^certdesk_(jobs|renewal_check_duration_seconds)/.test(line))).toEqual([
      'certdesk_jobs{state="running"} 0',
      'certdesk_jobs{state="queued"} 0',
      expect.stringMatching(/^certdesk_renewal_check_duration_seconds [\d.]+$/),
    ]);
    expect(new Set(lines.filter((line) => line.startsWith('# TYPE'))).size).toBe(
      lines.filter((line) => line.startsWith('# TYPE')).length,
    );
  });

  it('has each endpoint with its state and alarm, for a project token only its own', async () => {
    const { text } = await scrape(app.token);
    expect(text).toContain('certdesk_endpoints{state="problem"} 2\n');
    const mail =
      'endpoint="endpoint-mixed",host="mail.shop.example.com",port="25",protocol="smtp",server_name="mail.shop.example.com"';
    expect(text).toContain(`certdesk_endpoint_ok{${mail}} 0\n`);
    expect(text).toContain(`certdesk_endpoint_alarm{${mail}} 1\n`);
    expect(text).not.toContain('certdesk_endpoint_ok{endpoint="endpoint-new"'); // not checked yet
    const limited = (await scrape(await app.makeToken(['projects:read'], ['p1']))).text;
    expect(new Set([...limited.matchAll(/endpoint="([^"]+)"/g)].map(([, id]) => id))).toEqual(
      new Set(['endpoint-mixed', 'endpoint-new']),
    );
  });

  it('shows a project token only its projects, and nothing of the installation', async () => {
    const { text } = await scrape(await app.makeToken(['projects:read'], ['p1']));
    const projects = new Set([...text.matchAll(/project="([^"]+)"/g)].map(([, id]) => id));
    expect([...projects]).toEqual(['p1']);
    expect(text).not.toMatch(/certdesk_(sweep|jobs|projects|ca_requests|info)/);
  });

  it('answers many requests at once', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => scrape(app.token)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});
