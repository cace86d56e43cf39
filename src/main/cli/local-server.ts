// Finds the server that runs on a data folder of this machine, and checks that it is that server.
import { createHmac, randomBytes } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import {
  ACCESS_FILE,
  CHALLENGE_HEADER,
  type LocalAccessFile,
  PROOF_HEADER,
} from '../../shared/local-access.ts';
import { accessFile } from '../platform/data-folder.ts';
import { requirePrivateFolder } from '../storage/folder-access.ts';
import { CommandFailure } from './failure.ts';
import { call, type Server, UnreachableFailure } from './request.ts';
import { isRecord } from './values.ts';

/**
 * @returns the running server
 * @throws CommandFailure if none runs, the folder belongs to another user, or another program has taken the port
 */
export async function findLocalServer(dataFolder: string): Promise<Server> {
  const { address, token } = readAccess(dataFolder);
  const url = reachable(address);
  const server = { url, token, roots: null, fingerprint: null, isProved: true };
  await checkProof(server, dataFolder);
  return server;
}

function readAccess(dataFolder: string): LocalAccessFile {
  const path = accessFile(dataFolder);
  try {
    const text = readFileSync(path, 'utf8');
    requirePrivateFolder(dataFolder);
    const file = lstatSync(path);
    if (!file.isFile())
      throw new CommandFailure(`${path} is not a regular file. Restart the server, which replaces it`);
    if (process.platform !== 'win32' && (file.mode & 0o077) !== 0)
      throw new CommandFailure(
        `Other users can read ${path}, so its credential is not secret. Restart the server, which replaces it`,
      );
    const found: unknown = JSON.parse(text);
    if (isRecord(found) && isAddress(found.address) && isToken(found.token))
      return found as unknown as LocalAccessFile;
  } catch (error) {
    throw explained(error, dataFolder);
  }
  throw new CommandFailure(`${path} is damaged. Restart the server, which replaces it`);
}

const isAddress = (value: unknown): boolean =>
  typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '');

/** No control character, which could not be in a header. */
const isToken = (value: unknown): boolean => typeof value === 'string' && /^[\w-]+$/.test(value);

function explained(error: unknown, dataFolder: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return notRunning(dataFolder);
  if (code === 'EACCES' || code === 'EPERM')
    return new CommandFailure(
      `The data folder ${dataFolder} belongs to another user. Use sudo, or name a server with --url and --token`,
    );
  if (error instanceof SyntaxError)
    return new CommandFailure(
      `${ACCESS_FILE} in ${dataFolder} is damaged. Restart the server, which replaces it`,
    );
  return error instanceof CommandFailure ? error : new CommandFailure(message);
}

function notRunning(dataFolder: string): CommandFailure {
  return new UnreachableFailure(
    `No Certdesk server is running on the data folder ${dataFolder}. Start one with \`certdesk serve\`, name another folder with --data-dir, or a server with --url and --token`,
  );
}

/** A listener on all addresses reports one that no client can connect to everywhere. */
function reachable(address: string): string {
  const url = new URL(address);
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  return url.href.replace(/\/$/, '');
}

/** Another program may listen on the port of a server that was killed, and would receive whatever is sent. */
async function checkProof(server: Server, dataFolder: string): Promise<void> {
  const challenge = randomBytes(24).toString('base64url');
  const asked = call({ ...server, token: null }, 'GET', '/health', {
    headers: { [CHALLENGE_HEADER]: challenge },
  });
  const { headers } = await asked.catch((error: unknown) => {
    throw error instanceof UnreachableFailure ? notRunning(dataFolder) : error;
  });
  const expected = createHmac('sha256', server.token ?? '')
    .update(challenge)
    .digest('base64url');
  if (headers[PROOF_HEADER] === expected) return;
  throw new CommandFailure(
    `The program at ${server.url} is not the server of the data folder ${dataFolder}, which was perhaps killed. Nothing was sent. Restart the server`,
  );
}
