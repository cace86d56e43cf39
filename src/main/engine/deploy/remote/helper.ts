// What an administrator installs on a host for `become: sudo`, as Test prints it.
import { toCommandLine } from '../quote.ts';
import { HELPER_PATH } from '../transports/scripted.ts';
import { SCRIPT } from './script-text.ts';

export const LIST_PATH = '/etc/certdesk-deploy.conf';

export interface HelperInstallation {
  /** The helper itself: root's, mode 0755. */
  readonly helper: { readonly path: string; readonly content: string };
  /** The files and commands that it allows: root's, mode 0644. One more deployment adds its lines. */
  readonly list: { readonly path: string; readonly content: string };
  /** The line for /etc/sudoers.d/certdesk, mode 0440. */
  readonly sudoers: { readonly path: string; readonly content: string };
  /** The beginning of the line in the user's authorized_keys: the key can do nothing else then. The key follows. */
  readonly authorizedKeys: string;
}

/**
 * @param paths The targets of all deployments to the host, as they are written there.
 * @param commands Their validate and reload commands.
 */
export function describeHelper(
  user: string,
  paths: readonly string[],
  commands: readonly (readonly string[])[],
): HelperInstallation {
  const lines = [
    ...paths.map((path) => `path ${path}`),
    ...commands.map((argv) => `command ${toCommandLine(argv)}`),
  ];
  return {
    helper: { path: HELPER_PATH, content: SCRIPT },
    list: { path: LIST_PATH, content: `${[...new Set(lines)].join('\n')}\n` },
    sudoers: {
      path: '/etc/sudoers.d/certdesk',
      content: `${user} ALL=(root) NOPASSWD: ${HELPER_PATH}\n`,
    },
    authorizedKeys: `restrict,command="${HELPER_PATH} gate"`,
  };
}
