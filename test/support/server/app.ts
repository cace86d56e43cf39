// Certdesk in this process, on a temporary data folder and free ports, as a REST client sees it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { DEFAULT_LIMITS, type Limits, type Platform } from '../../../src/main/app/platform.ts';
import { type App, createApp } from '../../../src/main/app.ts';
import type { Scope } from '../../../src/shared/token.ts';
import type { Pebble } from '../acme/pebble.ts';
import { LOOPBACK_NETWORKS } from '../tools/network.ts';
import { type CallAsUser, signIn } from './signed-in-user.ts';

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly text: string;
  readonly headers: Headers;
}

/** A JSON answer whose members can be read without casts; missing ones are undefined. */
export interface Json {
  readonly [key: string]: Json;
}

export interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

export interface TestApp {
  readonly app: App;
  readonly dataFolder: string;
  /** With projects:write on every project, and admin. */
  readonly token: string;
  /** Every line that was logged. */
  readonly log: readonly string[];
  /** Every answer that `call` received, as text. */
  readonly answers: readonly string[];
  /** @param path Below /api/v1. */
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** Calls as a user who has just signed in, for what no token may do. */
  asUser: CallAsUser;
  /** Creates a project of this domain. @returns its id. */
  project(domain: string | null, altNames?: readonly string[]): Promise<string>;
  makeToken(scopes: readonly Scope[], projectIds?: readonly string[]): Promise<string>;
  /** Stops the server; the data folder stays. */
  close(): Promise<void>;
  /** Stops the server and removes the data folder. */
  stop(): Promise<void>;
}

export interface TestAppOptions {
  readonly pebble?: Pebble;
  readonly staging?: Pebble;
  readonly dataFolder?: string;
  readonly limits?: Partial<Limits>;
  readonly platform?: Partial<Platform>;
}

/** For the doctor: as long as a busy machine may need. */
const PATIENCE_MS = 60_000;

export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { pebble, staging, limits = {}, platform = {} } = options;
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'certdesk-test-')));
  const log: string[] = [];
  const answers: string[] = [];
  const logger = pino({ level: 'debug', base: null }, { write: (line: string) => void log.push(line) });
  const app = await createApp({
    dataFolder,
    secretStore: 'sealed-file',
    api: { host: '127.0.0.1', port: 0 },
    challenge: { host: '127.0.0.1', port: pebble?.httpPort ?? 0, required: true },
    allowedHosts: [],
    // The tests' receivers, CAs and name servers are on loopback; a test of the guard passes its own list.
    allowPrivate: LOOPBACK_NETWORKS,
    directories: { production: pebble?.directoryUrl, staging: staging?.directoryUrl },
    acmeRoots:
      [pebble, staging].flatMap((each) => (each === undefined ? [] : [each.rootPem])).join('\n') || null,
    dns: { resolvers: [], endpoints: {}, authorityPort: null },
    webPorts: { http: pebble?.httpPort ?? 80, https: 443 },
    guiFolder: null,
    version: '0.0.0-test',
    shellCommand: (args) => `certdesk ${args}`,
    logger,
    clock: { now: () => new Date() },
    limits: { ...DEFAULT_LIMITS, examineWithinMs: PATIENCE_MS, ...limits },
    ...platform,
  });
  const makeToken = async (scopes: readonly Scope[], projectIds?: readonly string[]): Promise<string> => {
    const ids = projectIds === undefined ? null : [...projectIds];
    return (
      await app.engine.tokens.create({ name: 'test', scopes: [...scopes], projectIds: ids, expiresAt: null })
    ).secret;
  };
  const token = await makeToken(['projects:write', 'admin']);
  const call = async (method: string, path: string, given: Call = {}) => {
    const answer = await callApi(`${app.address}/api/v1${path}`, method, { token, ...given });
    answers.push(answer.text);
    return answer;
  };
  const asUser: CallAsUser = async (method, path, given = {}) => {
    const answer = await (await signIn(await app.signInLink()))(method, path, given);
    answers.push(answer.text);
    return answer;
  };
  return {
    app,
    dataFolder,
    token,
    log,
    answers,
    call,
    asUser,
    makeToken,
    async project(domain, altNames = []) {
      const { body } = await call('POST', '/projects', {
        body: { name: domain ?? 'none', domain, altNames, allowDuplicateDomain: true },
      });
      return String(body.id);
    },
    close: () => app.close(),
    async stop() {
      await app.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** One request of a REST client. @param call.token Null: no token is sent. */
export async function callApi(
  url: string,
  method: string,
  { body, headers, token, signal }: Call,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === null || token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, body: json ? JSON.parse(text) : {}, text, headers: response.headers };
}
