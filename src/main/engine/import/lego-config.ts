// Reads lego's configuration file (version 5): each certificate's challenge, account and CA.
// https://go-acme.github.io/lego/references/ref-file/
import { realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CERTIFICATE_AUTHORITIES } from '../acme/directories.ts';
import { type Folder, readPlainFile } from './folder.ts';

const NAMES = ['.lego.yml', '.lego.yaml'] as const;
const DEFAULT_STORAGE = '.lego';
const DEFAULT_SERVER = 'https://acme-v02.api.letsencrypt.org/directory';

const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined)
  .catch(undefined);
const named = <T extends z.ZodType>(item: T) =>
  z
    .record(z.string(), item.nullable().catch(null))
    .nullish()
    .transform((value) => value ?? {})
    .catch({});

const ChallengeSchema = z.looseObject({
  http: z.looseObject({ webroot: text }).nullish().catch(undefined),
  tls: z.looseObject({}).nullish().catch(undefined),
  dns: z.looseObject({ provider: text, envFile: text }).nullish().catch(undefined),
  dnsPersist: z.looseObject({}).nullish().catch(undefined),
});
const ConfigSchema = z.looseObject({
  storage: text,
  servers: named(z.looseObject({ url: text })),
  accounts: named(z.looseObject({ server: text, email: text })),
  challenges: named(ChallengeSchema),
  certificates: named(z.looseObject({ challenge: text, account: text, preferredChain: text, profile: text })),
});
type Config = z.infer<typeof ConfigSchema>;

export interface LegoCertificate {
  readonly challenge: z.infer<typeof ChallengeSchema> | null;
  /** lego's name of the account. */
  readonly accountId: string | null;
  readonly email: string | null;
  /** Null if Certdesk does not know lego's code for the CA. */
  readonly directoryUrl: string | null;
  readonly preferredChain: string | null;
  readonly profile: string | null;
}

export interface LegoConfig {
  /** The folder of certificates/ and accounts/, relative to the selected folder. */
  readonly storage: string;
  /** Absolute. Paths in the file are relative to it. */
  readonly place: string;
  /** @param id The certificate's name in the file; the result is null if it is not there. */
  certificate(id: string): LegoCertificate | null;
}

/**
 * Finds the configuration file. It is in lego's working directory, next to the storage folder; the user may select
 * either.
 * @returns null if there is none for this folder; unreadable files are recorded as skipped
 */
export async function readLegoConfig(folder: Folder): Promise<LegoConfig | null> {
  for (const name of NAMES) {
    const { text: content } = await folder.read(name);
    const config = content === null ? null : parseConfig(folder, name, content);
    if (config === null) continue;
    const storage = relative(folder.path, resolve(folder.path, config.storage ?? DEFAULT_STORAGE)) || '.';
    return toConfig(config, { storage, place: folder.path });
  }
  const place = dirname(folder.path);
  for (const name of NAMES) {
    const path = await realpath(join(place, name)).catch(() => null);
    const content = path === null ? null : (await readPlainFile(path)).text;
    const config = content === null ? null : parseConfig(folder, `../${name}`, content);
    if (config !== null && resolve(place, config.storage ?? DEFAULT_STORAGE) === folder.path)
      return toConfig(config, { storage: '.', place });
  }
  return null;
}

function parseConfig(folder: Folder, name: string, content: string): Config | null {
  try {
    return ConfigSchema.parse(parse(content, { merge: true, logLevel: 'silent' }));
  } catch {
    folder.skip(name, 'it is not a readable configuration file of lego (YAML)'); // the reason could quote a secret
    return null;
  }
}

function toConfig(config: Config, at: Pick<LegoConfig, 'storage' | 'place'>): LegoConfig {
  return {
    ...at,
    certificate(id) {
      const certificate = config.certificates[id];
      if (certificate === undefined || certificate === null) return null;
      const accountId = certificate.account ?? onlyKey(config.accounts) ?? null;
      const account = accountId === null ? null : config.accounts[accountId];
      return {
        challenge: challengeOf(config, certificate.challenge),
        accountId,
        email: account?.email ?? null,
        directoryUrl: directoryOf(config, account?.server ?? DEFAULT_SERVER),
        preferredChain: certificate.preferredChain ?? null,
        profile: certificate.profile ?? null,
      };
    },
  };
}

/** lego's rule: the only entry of a kind need not be named. */
function onlyKey(entries: object): string | undefined {
  const keys = Object.keys(entries);
  return keys.length === 1 ? keys[0] : undefined;
}

/** Challenges that lego defines itself. */
const PREDEFINED: Readonly<Record<string, z.infer<typeof ChallengeSchema>>> = {
  'http-01': { http: { webroot: undefined } },
  'tls-alpn-01': { tls: {} },
  'dns-persist-01': { dnsPersist: {} },
};

function challengeOf({ challenges }: Config, name: string | undefined): LegoCertificate['challenge'] {
  const id = name ?? onlyKey(challenges);
  return id === undefined ? null : (challenges[id] ?? PREDEFINED[id] ?? null);
}

/** lego's codes for CAs (https://go-acme.github.io/lego/advanced/caservers/) that differ from Certdesk's ids. */
const CODES: Readonly<Record<string, string>> = {
  googletrust: 'google',
  sslcomrsa: 'sslcom-rsa',
  sslcomecc: 'sslcom-ecc',
};

function directoryOf({ servers }: Config, server: string): string | null {
  const url = servers[server]?.url ?? server;
  if (URL.canParse(url)) return url;
  const [code = '', isStaging] = [url.replace(/-staging$/, ''), url.endsWith('-staging')];
  const authority = CERTIFICATE_AUTHORITIES.find(({ id }) => id === (CODES[code] ?? code));
  return (isStaging ? authority?.stagingUrl : authority?.directoryUrl) ?? null;
}
