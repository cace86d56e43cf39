// What the client does when the server refuses a request.
import type { RemoteCommand } from '../../shared/command-line.ts';
import { CommandFailure } from './failure.ts';
import { call, type Server } from './request.ts';
import { printNote } from './terminal.ts';

/** The server names a field of the request; the user of the command line knows the option. */
export function withOptionNames({ options }: RemoteCommand, error: unknown): unknown {
  if (!(error instanceof CommandFailure) || error.body?.code !== 'INVALID_REQUEST') return error;
  const option = options.find(({ field }) => error.message.startsWith(`${field}: `));
  if (option === undefined) return error;
  const message = `${option.flag}${error.message.slice(option.field.length)}`;
  return new CommandFailure(message, error.body, { cause: error });
}

/** Deletes the project that was created for a request that the server has refused. It has no certificate and no job. */
export async function deleteNewProject(server: Server, id: string): Promise<void> {
  try {
    await call(server, 'DELETE', `/projects/${encodeURIComponent(id)}`, { body: {} });
    printNote('Deleted the project again');
  } catch {
    // The refusal of the request is what the user must know.
  }
}
