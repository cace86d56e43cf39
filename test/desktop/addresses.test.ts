import { describe, expect, it, test } from 'vitest';
import {
  isOurPage,
  linkAmong,
  mayLoad,
  opensInBrowser,
  PAGE,
  PAGE_CSP,
  pageOf,
  projectOfLink,
  urlOf,
} from '../../src/main/desktop/addresses.ts';

test.each([
  [PAGE, true],
  ['app://certdesk/#/projects', true],
  ['app://certdesk.example.com/index.html', false],
  ['app://other/index.html', false],
  ['https://certdesk/index.html', false],
  ['http://127.0.0.1:7878/', false],
  ['file:///etc/passwd', false],
  ['data:text/html,x', false],
  ['about:blank', false],
  ['', false],
])('%s is recognized as our page: %s', (address, ours) => expect(isOurPage(address)).toBe(ours));

test.each([
  ['app://certdesk/assets/index.js', true],
  ['blob:app://certdesk/1234', true],
  ['data:image/png;base64,', true],
  ['blob:https://example.com/1234', false],
  ['https://example.com/x.js', false],
  ['ws://127.0.0.1/', false],
  ['file:///etc/passwd', false],
])('the page may load %s: %s', (address, may) => expect(mayLoad(address)).toBe(may));

test.each([
  ['https://letsencrypt.org/docs/', true],
  ['http://127.0.0.1:7878/api/docs', true],
  ['http://127.0.0.1:7879/api/docs', false],
  ['http://example.com/', false],
  ['https://user:secret@example.com/', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['smb://server/share', false],
  ['certdesk://project/x', false],
  ['nonsense', false],
])('%s is opened in the browser: %s', (address, opens) =>
  expect(opensInBrowser(address, 'http://127.0.0.1:7878')).toBe(opens),
);

test('opens no page of the server while it does not run', () =>
  expect(opensInBrowser('http://127.0.0.1:7878/api/docs', null)).toBe(false));

describe('certdesk:// links', () => {
  test.each([
    ['certdesk://project/0197-ab', '0197-ab'],
    ['certdesk://project/0197-ab/', '0197-ab'],
    ['certdesk://project/', null],
    ['certdesk://project/a/b', null],
    ['certdesk://project/..%2f..', null],
    ['certdesk://token/1', null],
    ['https://project/1', null],
    ['nonsense', null],
  ])('%s means project %s', (link, project) => expect(projectOfLink(link)).toBe(project));

  it('are found among the command-line arguments', () => {
    expect(linkAmong(['/usr/bin/certdesk', '--allow-file-access', 'certdesk://project/1'])).toBe(
      'certdesk://project/1',
    );
    expect(linkAmong(['/usr/bin/certdesk'])).toBeNull();
  });

  it('lead to the page of the project', () =>
    expect(pageOf('0197-ab')).toBe('app://certdesk/index.html#/projects/0197-ab'));

  it('is that of any page, for notifications', () =>
    expect(urlOf('/endpoints/e1')).toBe('app://certdesk/index.html#/endpoints/e1'));
});

test('the page’s policy allows no other origin and no inline script', () => {
  const policy = new Map(
    PAGE_CSP.split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]),
  );
  expect(policy.get('default-src')).toBe("'none'");
  expect(policy.get('script-src')).toBe("'self'");
  expect(policy.get('connect-src')).toBe("'none'");
  for (const name of ['base-uri', 'form-action', 'frame-ancestors', 'frame-src', 'object-src', 'worker-src'])
    expect(policy.get(name)).toBe("'none'");
  expect(PAGE_CSP).not.toMatch(/unsafe-eval|https?:|\*/);
});
