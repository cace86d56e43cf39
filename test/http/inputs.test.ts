// Valid input for a project, an id and a list's query.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';
import { expectError } from '../support/server/expect-error.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

const webhook = { preset: 'generic', url: 'https://hook.example.com/' };
const credential = { provider: 'cloudflare', credentials: { apiToken: 'x' } };

describe.each(['\u001b[31m', '\n', '\u0085', '\u202e'])('the control character %j', (control) => {
  it.each<[method: string, path: string, field: string, rest: object]>([
    ['POST', '/projects', 'name', {}],
    ['PATCH', '/projects/ID', 'name', {}],
    ['POST', '/tokens', 'name', { scopes: ['projects:read'], projectIds: null }],
    ['POST', '/dns-credentials', 'name', credential],
    ['POST', '/notifications', 'name', { type: 'webhook', webhook }],
    ['POST', '/projects/ID/certificate/obtain', 'profile', { challengeType: 'http-01' }],
    ['POST', '/projects/ID/certificate/obtain', 'preferredChain', { challengeType: 'http-01' }],
  ])('is refused by %s %s in %s', async (method, path, field, rest) => {
    const id = await app.project('named.example.com');
    const body = { ...rest, [field]: `a${control}b` };
    const answer = await app.asUser(method, path.replace('ID', id), { body });
    expectError(answer, 'INVALID_REQUEST');
    expect(answer.body.error).toBe(
      `${field}: contains a control character: use letters, digits and punctuation`,
    );
  });
});

describe('a project', () => {
  it('has IP addresses in canonical form, each once, and a search finds it in any spelling', async () => {
    const altNames = ['2001:DB8:0:0::FE', '[2001:db8::fe]', '198.51.100.7', '2001:db8::1'];
    const made = await app.call('POST', '/projects', { body: { domain: '2001:0db8::0001', altNames } });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({ domain: '2001:db8::1', altNames: ['2001:db8::fe', '198.51.100.7'] });
    for (const q of [
      '2001:0DB8:0:0:0:0:0:00fe',
      '[2001:db8::fe]',
      '2001:0DB8:',
      '98.51.100.7',
      ' 2001:db8::1 ',
    ]) {
      const found = await app.call('GET', `/projects?q=${encodeURIComponent(q)}`);
      expect(found.body, q).toMatchObject({ total: 1, projects: [{ id: made.body.id }] });
    }
  });

  it.each([
    [{}],
    [{ name: '  ' }],
    [{ name: null }],
    [{ name: 'x'.repeat(201) }],
    [{ name: 'x', id: 'mine' }],
    [{ name: 'x', altNames: null }],
    [{ domain: '' }],
    [{ domain: 'https://a.example.com/' }],
    [{ domain: 'a..example.com' }],
    [{ domain: '-a.example.com' }],
    [{ domain: 'a_b.example.com' }],
    [{ domain: 'a.example.com/x' }],
    [{ domain: 'a.example.com:80' }],
    [{ domain: 'user@a.example.com' }],
    [{ domain: '*.*.example.com' }],
    [{ domain: '127.0.0.0/8' }],
    [{ domain: '[::1]:443' }],
    [{ domain: '::ffff:127.0.0.1' }],
    [{ domain: 'fe80::1%eth0' }],
    [{ domain: '*.127.0.0.1' }],
    [{ domain: '0x7f.1' }],
    [{ domain: `${'a'.repeat(64)}.example.com` }],
    [{ domain: `${'abcdefgh.'.repeat(30)}example.com` }],
  ])('cannot be created from %j', async (body) => {
    expectError(await app.call('POST', '/projects', { body }), 'INVALID_REQUEST');
  });

  it('repeats little of an unknown field', async () => {
    const body = { name: 'x', ['k'.repeat(500_000)]: 1 };
    const answer = await app.call('POST', '/projects', { body });
    expectError(answer, 'INVALID_REQUEST');
    expect(answer.text.length).toBeLessThan(3_000);
  });

  it.each([
    ['bücher.example', 'xn--bcher-kva.example'],
    ['API.Example.COM', 'api.example.com'],
    ['ａ.example.com', 'a.example.com'],
    ['*.Example.com', '*.example.com'],
    ['Dot.Example.com.', 'dot.example.com'],
    ['intranet', 'intranet'],
  ])('stores the domain %s as %s', async (given, kept) => {
    const { status, body } = await app.call('POST', '/projects', { body: { domain: given } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ domain: kept, name: kept });
  });

  it('has each name once, and its domain only as the domain (smallstep/certificates #518)', async () => {
    const body = {
      domain: 'once.example.com',
      altNames: ['ONCE.example.com.', 'www.once.example.com', 'WWW.once.example.com'],
    };
    const made = await app.call('POST', '/projects', { body });
    expect(made.body.altNames).toEqual(['www.once.example.com']);
    const path = `/projects/${made.body.id}`;
    const changed = await app.call('PATCH', path, { body: { domain: 'www.once.example.com' } });
    expect(changed.body).toMatchObject({ domain: 'www.once.example.com', altNames: [] });
  });

  it('with a single-label name gets no certificate from a public CA, but from another', async () => {
    const { body } = await app.call('POST', '/projects', { body: { domain: 'printer' } });
    const obtain = (ca: string) =>
      app.call('POST', `/projects/${body.id}/certificate/obtain`, {
        body: { challengeType: 'http-01', ca },
        headers: { Prefer: 'respond-async' },
        token: app.token,
      });
    const refused = await obtain('google');
    expectError(refused, 'INVALID_REQUEST');
    expect(refused.body.error).toMatch(/^ca: a public CA does not issue for printer, a name of one label/);
    expect((await obtain('https://127.0.0.1:1/directory')).status).toBe(202);
  });

  it.each(['a%2Fb', '%00', '%20', '..%2f..', "'%20OR%201=1--", '%F0%9F%98%80', 'a'.repeat(64)])(
    'with the id %s does not exist',
    async (odd) => {
      for (const rest of ['', '/certificate', '/certificate/status'])
        expectError(await app.call('GET', `/projects/${odd}${rest}`), 'PROJECT_NOT_FOUND');
    },
  );

  it('has no id of 65 characters', async () => {
    expectError(await app.call('GET', `/projects/${'a'.repeat(65)}`), 'INVALID_REQUEST');
  });
});

describe('a list', () => {
  it.each([
    'limit=0',
    'limit=501',
    'limit=-1',
    'limit=1.5',
    'limit=many',
    'limit=',
    'limit=1&limit=2',
    'limit=Infinity',
    'cursor=',
    'cursor=made-up',
    'status=broken',
    'q=a&q=b',
  ])('refuses ?%s', async (query) => {
    expectError(await app.call('GET', `/projects?${query}`), 'INVALID_REQUEST');
  });

  it.each(['limit=0', 'limit=501', 'project='])('of jobs refuses ?%s', async (query) => {
    expectError(await app.call('GET', `/jobs?${query}`), 'INVALID_REQUEST');
  });

  it('searches for special characters literally', async () => {
    for (const q of ['%25', '_', '%5C', "'", '%00'])
      expect((await app.call('GET', `/projects?q=${q}`)).status, q).toBe(200);
    expect((await app.call('GET', '/projects?q=%25')).body.projects).toEqual([]);
  });

  it('continues after the previous page, even with projects created meanwhile', async () => {
    const own = await startApp();
    try {
      const made: string[] = [];
      for (let n = 0; n < 5; n += 1) made.push(await own.project(`p${n}.example.com`));
      const seen: string[] = [];
      let cursor = '';
      for (let page = 0; page < 4; page += 1) {
        const { body } = await own.call('GET', `/projects?limit=2${cursor}`);
        seen.push(...Object.values(body.projects ?? {}).map((project) => String(project.id)));
        if (page === 0) made.push(await own.project('late.example.com'));
        if (body.nextCursor === null) break;
        cursor = `&cursor=${encodeURIComponent(String(body.nextCursor))}`;
      }
      expect(seen).toHaveLength(6);
      expect(seen.toSorted()).toEqual(made.toSorted());
    } finally {
      await own.stop();
    }
  });
});
