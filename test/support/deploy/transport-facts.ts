// What every transport must find out for the test of a host or deployment, and that it changes nothing.
import { chmodSync, chownSync, readdirSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Transport } from '../../../src/main/engine/deploy/transport.ts';
import { fileAt, SIGNAL } from './transport-files.ts';

/** The helpers of the suite in transport-conformance.ts. */
export interface FactsRig {
  readonly transport: Transport;
  readonly site: string;
  at(path: string): string;
  write(path: string, content: string, mode?: number): void;
}

export function testFacts(rig: FactsRig): void {
  it('finds what would stop a deployment, and changes nothing', async () => {
    const facts = await rig.transport.facts(
      [fileAt(rig.at('a.pem'), ''), fileAt(rig.at('b.pem'), '', { owner: 'nobody-here' })],
      SIGNAL(),
    );
    expect(facts).toMatchObject({ missingTools: [], shell: { supported: true } });
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(60_000);
    expect(facts.problems).toMatchObject([{ path: rig.at('b.pem'), reason: 'owner-unknown' }]);
    expect(readdirSync(rig.site)).toEqual([]);
  });

  it('finds out whether the users for whom a file is can read it, and names the fix', async () => {
    rig.write('kept.key', 'old', 0o600);
    chownSync(rig.at('kept.key'), 0, 33);
    const file = (path: string, more: object) => fileAt(rig.at(path), '', { newFileMode: '0600', ...more });
    const targets = [
      file('kept.key', {}),
      file('new.key', { group: 'www-data' }),
      file('good.key', { group: 'www-data', mode: '0640' }),
      file('own.key', { owner: 'www-data' }),
    ];
    const unreadable = ['kept.key', 'new.key'].map((path) => ({
      path: rig.at(path),
      reason: 'no-permission',
      message: expect.stringMatching(/^The group www-data cannot read the file, whose mode will be 0?600\.$/),
      fix: 'Set the mode 0640',
    }));
    expect((await rig.transport.facts(targets, SIGNAL())).problems).toEqual(unreadable);
    // The user of a service, which neither owner nor group names.
    const service = { reader: 'www-data' };
    const ofService = [
      file('open.pem', { ...service, mode: '0644' }),
      file('root.key', service),
      file('other.key', {}),
    ];
    expect((await rig.transport.facts(ofService, SIGNAL())).problems).toEqual([
      {
        path: rig.at('root.key'),
        reason: 'no-permission',
        message: 'www-data cannot read the file, which will belong to root:root with mode 0600.',
        fix: 'Set the owner www-data',
      },
    ]);
    // Debian's BusyBox can become no other user, so that only the modes are checked there.
    const script = 'command -v su || setpriv --version 2>&1 | grep util-linux';
    const tool = await rig.transport.run({ script }, { timeoutMs: 60_000 }, SIGNAL());
    const before = statSync(rig.site).mode & 0o7777;
    chmodSync(rig.site, 0o700);
    try {
      const { problems } = await rig.transport.facts(targets.slice(2), SIGNAL());
      expect(problems).toMatchObject(
        (tool.exitCode === 0 ? ['good.key', 'own.key'] : []).map((path) => ({
          path: rig.at(path),
          reason: 'no-permission',
          message: `www-data cannot enter ${rig.site}, so it cannot read the file.`,
          fix: `setfacl -m u:www-data:x '${rig.site}'`,
        })),
      );
    } finally {
      chmodSync(rig.site, before);
    }
  });
}
