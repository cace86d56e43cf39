// Finds the data folder. It imports nothing of the engine, so that the client of the command line starts fast.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ACCESS_FILE } from '../../shared/local-access.ts';

/** The operating system's usual place for the data of an application. */
export function defaultDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'certdesk');
  if (process.platform === 'win32')
    return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'certdesk');
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'certdesk');
}

/**
 * The value that another shell must pass as --data-dir to reach this data folder: an absolute path, or null if a command
 * finds the folder without --data-dir and without this process's environment variables.
 */
export function dataFolderToName(dataDir: string): string | null {
  const folder = resolve(dataDir);
  return folder === defaultDataFolder({}) ? null : folder;
}

/**
 * The data folder of commands that use or administer a server, if nothing names one. The installed `certdesk` says where
 * the service has its folder (build/linux/certdesk). Root means the service; other users mean their own server, if one
 * runs, and otherwise the service, although they may not read its folder: then the error says so.
 */
export function findDataFolder(env: NodeJS.ProcessEnv = process.env, uid = process.getuid?.()): string {
  const own = defaultDataFolder(env);
  const service = findServiceFolder(env);
  if (service === null || (uid !== 0 && existsSync(own))) return own;
  return existsSync(service) || !existsSync(own) ? service : own;
}

/** @returns the service's folder, or null if this is not an installation with a service */
function findServiceFolder(env: NodeJS.ProcessEnv): string | null {
  const { CERTDESK_SERVICE_FOLDER: usual, CERTDESK_SERVICE_DEFAULTS: file } = env;
  if (usual === undefined || usual === '') return null;
  return (file === undefined ? null : readSetting(file, 'CERTDESK_DATA_DIR')) ?? usual;
}

/** Reads a variable of an environment file (systemd.exec(5), EnvironmentFile=). The last line counts. */
function readSetting(file: string, name: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null; // most installations have none
  }
  const line = text
    .split(/\r?\n/)
    .findLast((each) => each.split('=', 1)[0]?.trim() === name && each.includes('='));
  const value = line
    ?.slice(line.indexOf('=') + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
  return value === undefined || value === '' ? null : value;
}

export const accessFile = (dataFolder: string): string => join(dataFolder, ACCESS_FILE);
