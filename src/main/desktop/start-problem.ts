// Describes why the app behind the window could not start, with texts and choices. Pure.
import type { StartProblem } from '../../shared/desktop.ts';
import { toCertdeskError } from '../engine/core/errors.ts';

export const CHOICES = { again: 'again', otherPort: 'other-port', quit: 'quit' } as const;

const AGAIN = { id: CHOICES.again, label: 'Try again' };
const QUIT = { id: CHOICES.quit, label: 'Quit' };

export interface Circumstances {
  /** The program that uses the port, if known: `node (process 1234)`. */
  readonly holder: string | null;
  /** A free port to use instead. */
  readonly freePort: number | null;
  readonly platform: NodeJS.Platform;
}

/** @param error The error of createApp. */
export function startProblemOf(error: unknown, around: Circumstances): StartProblem {
  const { code, message, details } = toCertdeskError(error);
  if (code === 'LISTEN_FAILED') return portProblem(details, message, around);
  if (code === 'DATA_FOLDER_IN_USE') {
    return {
      title: 'Another Certdesk uses this data',
      text: [
        'Two programs must not change the same certificates. The other one may be the headless server (certdesk serve), started by hand or as a service.',
        'Stop it and try again, or use it: certdesk login-link prints a sign-in link for a browser.',
        message,
      ],
      commands:
        around.platform === 'linux'
          ? ['systemctl status certdesk', 'certdesk login-link']
          : ['certdesk login-link'],
      choices: [AGAIN, QUIT],
    };
  }
  if (code === 'SECRET_STORE_UNAVAILABLE') {
    return {
      title: 'The keychain cannot be used',
      text: [
        message,
        'Private keys are encrypted with a key in the keychain. Certdesk cannot run without it; nothing is lost.',
        KEYCHAIN_ADVICE[around.platform] ?? '',
      ].filter((sentence) => sentence !== ''),
      commands: [],
      choices: [AGAIN, QUIT],
    };
  }
  if (code === 'DATABASE_DAMAGED' || code === 'DATABASE_TOO_NEW') {
    const command = field(details, 'command');
    const damaged = code === 'DATABASE_DAMAGED';
    return {
      title: damaged ? 'The database is damaged' : 'The data belongs to a newer version of Certdesk',
      text: [message, 'Nothing was changed. A restore moves the existing data aside and overwrites nothing.'],
      commands: typeof command === 'string' ? [command] : [],
      choices: [AGAIN, QUIT],
    };
  }
  return { title: 'Certdesk could not start', text: [message], commands: [], choices: [AGAIN, QUIT] };
}

const KEYCHAIN_ADVICE: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux:
    'Unlock the login keyring (Passwords and Keys, or log out and in again). If there is none, install gnome-keyring or KWallet, or start with --secret-store sealed-file on a new data folder.',
  darwin: 'Open Keychain Access, unlock the login keychain, and try again.',
  win32: 'The Credential Manager service must run: services.msc, "Credential Manager".',
};

function portProblem(details: unknown, message: string, { holder, freePort }: Circumstances): StartProblem {
  const port = field(details, 'port');
  if (field(details, 'reason') !== 'EADDRINUSE') {
    return { title: `Port ${port} cannot be opened`, text: [message], commands: [], choices: [AGAIN, QUIT] };
  }
  const other =
    freePort === null ? [] : [{ id: `${CHOICES.otherPort}:${freePort}`, label: `Use port ${freePort}` }];
  return {
    title: `Port ${port} is in use`,
    text: [
      holder === null
        ? 'Another program uses it. Certdesk cannot see which one (it may belong to another user).'
        : `${holder} uses it.`,
      'Stop that program and try again, or let Certdesk use another port from now on. Scripts that call its REST API then need the new address.',
    ],
    commands: [],
    choices: [...other, AGAIN, QUIT],
  };
}

function field(details: unknown, name: string): unknown {
  return typeof details === 'object' && details !== null ? Reflect.get(details, name) : undefined;
}

/** The port of a choice `other-port:PORT`; null for any other choice. */
export function portOfChoice(choice: string): number | null {
  const [, port] = /^other-port:(\d{1,5})$/.exec(choice) ?? [];
  return port === undefined ? null : Number(port);
}
