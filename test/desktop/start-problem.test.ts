// The message and the choices after a failed start.
import { describe, expect, it, test } from 'vitest';
import { portOfChoice, startProblemOf } from '../../src/main/desktop/start-problem.ts';
import { CertdeskError } from '../../src/main/engine/core/errors.ts';

describe('the message of a failed start', () => {
  const around = { holder: null, freePort: null, platform: 'linux' } as const;
  const inUse = new CertdeskError('LISTEN_FAILED', 'in use', {
    host: '127.0.0.1',
    port: 7878,
    reason: 'EADDRINUSE',
  });

  it('names the program that holds the port, and offers another port', () => {
    const problem = startProblemOf(inUse, { ...around, holder: 'node (process 1)', freePort: 7879 });
    expect(problem.title).toBe('Port 7878 is in use');
    expect(problem.text[0]).toBe('node (process 1) uses it.');
    expect(problem.choices.map(({ label }) => label)).toEqual(['Use port 7879', 'Try again', 'Quit']);
    expect(portOfChoice(problem.choices[0]?.id ?? '')).toBe(7879);
  });
  it('says that the port is in use if its holder is unknown', () => {
    expect(startProblemOf(inUse, around).choices).toHaveLength(2);
  });
  test.each([
    ['again', null],
    ['quit', null],
    ['other-port:x', null],
    ['other-port:7879', 7879],
  ])('the choice %s means port %s', (choice, port) => expect(portOfChoice(choice)).toBe(port));

  it('says what to do about another Certdesk on the same data', () => {
    const problem = startProblemOf(new CertdeskError('DATA_FOLDER_IN_USE', 'folder'), around);
    expect(problem.title).toMatch(/Another Certdesk/);
    expect(problem.commands).toContain('certdesk login-link');
  });
  it.each(['linux', 'darwin', 'win32'] as const)('says how to fix the keychain of %s', (platform) => {
    const error = new CertdeskError('SECRET_STORE_UNAVAILABLE', 'It is locked');
    const { text } = startProblemOf(error, { ...around, platform });
    expect(text).toHaveLength(3);
  });
  it('says that data of a newer Certdesk was not changed', () => {
    const problem = startProblemOf(new CertdeskError('DATABASE_TOO_NEW', 'Too new'), around);
    expect(problem.title).toMatch(/newer version of Certdesk/);
    expect(problem.text).toEqual(['Too new', expect.stringMatching(/Nothing was changed/)]);
  });
  it('shows the command that restores the last backup over a damaged database', () => {
    const damaged = new CertdeskError('DATABASE_DAMAGED', 'Damaged', {
      path: '/data/certdesk.db',
      reason: 'a page is unreadable',
      backup: 'x',
      command: 'certdesk backup restore x',
    });
    const problem = startProblemOf(damaged, around);
    expect(problem.title).toMatch(/damaged/);
    expect(problem.commands).toEqual(['certdesk backup restore x']);
  });
  it('quotes any other error', () =>
    expect(startProblemOf(new CertdeskError('INTERNAL', 'Odd'), around).text).toEqual(['Odd']));
});
