// The environment in which the systemd unit starts Node, so that measurements match an installed server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/lib/build.ts';

/** NODE_OPTIONS as the unit sets it. */
export function unitEnvironment(): Readonly<Record<string, string>> {
  const unit = readFileSync(join(ROOT, 'build/linux/certdesk.service'), 'utf8');
  const [, options] = /^Environment=NODE_OPTIONS=(.+)$/m.exec(unit) ?? [];
  if (options === undefined) throw new Error('The systemd unit sets no NODE_OPTIONS');
  return { NODE_OPTIONS: options };
}
