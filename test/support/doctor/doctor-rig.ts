// A BIND that serves faults, a Pebble that validates through it, and the doctor's findings about them. `apply` does what a
// finding prints.
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createAcmeClient } from '../../../src/main/engine/acme/client.ts';
import { createDnsResolver } from '../../../src/main/engine/dns/lookup/resolver.ts';
import { askDirectory } from '../../../src/main/engine/doctor/ca-facts.ts';
import { type ExamineDeps, examine } from '../../../src/main/engine/doctor/examine.ts';
import type { CaFacts, DoctorOrder, ValidationMethod } from '../../../src/main/engine/doctor/facts.ts';
import type { DoctorFinding, DoctorFix, DoctorReport } from '../../../src/shared/doctor.ts';
import { type Answers, issue, makeKey, startHttp01 } from '../acme/issue.ts';
import { type Pebble, startPebble } from '../acme/pebble.ts';
import { type Bind, type BindOptions, type BindZone, startBind } from '../dns/bind.ts';
import { startValidator } from '../dns/dnssec.ts';
import { LOOPBACK_POLICY } from '../tools/network.ts';
import { toolPath } from '../tools/tools.ts';

/** As long as a busy machine may need. */
const PATIENCE_MS = 60_000;

export interface DoctorRig {
  readonly bind: Bind;
  readonly pebble: Pebble;
  /** A public CA that issues everything except for IP addresses. */
  readonly ca: CaFacts;
  examine(
    names: readonly string[],
    more?: Partial<DoctorOrder>,
    deps?: Partial<ExamineDeps>,
  ): Promise<DoctorReport>;
  /** The finding with this code; undefined if there is none. */
  find(
    code: string,
    name: string,
    challenge?: ValidationMethod,
    more?: Partial<DoctorOrder>,
  ): Promise<DoctorFinding | undefined>;
  /** Changes records of the zone as the fixes say; settings and commands are left to the test. */
  apply(zone: string, fixes: readonly DoctorFix[], bind?: Bind): Promise<void>;
  /** Empties the cache of the validating resolver, which keeps bogus answers for 30 s at least. */
  forgetBogus(): Promise<void>;
  /** Issues a certificate, by HTTP-01 by default. @returns the chain */
  issue(names: string | readonly string[], by?: Answers): Promise<string>;
  /** Answers dns-01 challenges in the zone. */
  inZone(zone: string): Answers;
  /** The responses of HTTP-01 at 127.0.0.1, by token. */
  readonly proofs: Map<string, string>;
  stop(): Promise<void>;
}

/**
 * @param signed Signs the zones, and lets Pebble and the doctor ask a resolver that validates them.
 * @param more For a second server, which needs the same port.
 */
export async function startDoctorRig(
  zones: readonly BindZone[],
  signed = false,
  more: Pick<BindOptions, 'port' | 'forward'> = {},
): Promise<DoctorRig> {
  const bind = await startBind({ zones, signed, ...more });
  let validator = signed ? await startValidator(bind) : bind;
  const pebble = await startPebble({ dnsServer: validator.server });
  const http = await startHttp01(pebble.httpPort);
  const acme = createAcmeClient({
    addressPolicy: LOOPBACK_POLICY,
    requestTimeoutMs: 20_000,
    userAgent: 'certdesk-tests/1',
    trustedRoots: pebble.rootPem,
  });
  const deps: ExamineDeps = {
    resolver: createDnsResolver({
      servers: [bind.server],
      authorityPort: bind.port,
      addressPolicy: LOOPBACK_POLICY,
    }),
    validators: [validator.server],
    policy: LOOPBACK_POLICY,
    origin: 'named',
    showAnswers: true,
    ports: { http: pebble.httpPort, https: pebble.tlsPort },
    probe: null,
    clock: { now: () => new Date() },
    timeoutMs: PATIENCE_MS,
    askDirectory: (url, signal) => askDirectory(acme, url, signal),
    pendingValues: async () => new Set(),
    findLimit: async () => null,
  };
  const order: Omit<DoctorOrder, 'names'> = {
    challenge: 'http-01',
    accountUrl: undefined,
    ca: {
      name: 'Test CA',
      directoryUrl: pebble.directoryUrl,
      isPublic: true,
      caaDomains: ['ca.example'],
      capability: { wildcards: true, maxNames: 100, ipAddresses: false, methods: null },
    },
  };
  const run: DoctorRig['examine'] = (names, more = {}, others = {}) =>
    examine({ ...deps, ...others }, { ...order, names, ...more }, new AbortController().signal);
  return {
    bind,
    pebble,
    ca: order.ca,
    examine: run,
    async find(code, name, challenge = 'http-01', more = {}) {
      const { findings } = await run([name], { challenge, ...more });
      return findings.find((finding) => finding.code === code);
    },
    apply: (zone, fixes, at = bind) => applyFixes(at, zone, fixes),
    async forgetBogus() {
      const { port } = validator;
      await validator.stop();
      validator = await startValidator(bind, port);
    },
    proofs: http.proofs,
    inZone: (zone) => answerInZone(bind, zone),
    async issue(names, by) {
      const { signal } = new AbortController();
      const { directoryUrl } = pebble;
      const session = acme.session({ directoryUrl, accountKey: makeKey(), accountUrl: null, signal });
      await session.createAccount({ email: null });
      const order = { names: [names].flat(), keyPem: makeKey() };
      const { chain } = await issue(session, by ?? http.proofs, order).finally(() => by?.end?.());
      return chain;
    },
    async stop() {
      await Promise.all([bind.stop(), validator.stop(), pebble.stop(), http.stop(), acme.close()]);
    },
  };
}

function answerInZone(bind: Bind, zone: string): Answers {
  const added = new Set<string>();
  return {
    type: 'dns-01',
    async present({ identifier, keyAuthorization }) {
      const owner = `_acme-challenge.${identifier}`;
      added.add(owner);
      await bind.update(zone, owner, [hash('sha256', keyAuthorization, 'base64url')]);
    },
    async end() {
      for (const owner of added) await bind.update(zone, owner, []);
    },
  };
}

/** Changes records of the zone by nsupdate, as the fixes say. */
export async function applyFixes(bind: Bind, zone: string, fixes: readonly DoctorFix[]): Promise<void> {
  const updates = fixes.flatMap(({ kind, text }) => {
    if (kind === 'add-record') return [`update add ${text.replace('ADDRESS-OF-THE-SERVER', '127.0.0.1')}`];
    return kind === 'remove-record' ? [`update delete ${text}`] : [];
  });
  if (updates.length === 0) throw new Error('the finding prints no record');
  const [key] = bind.keys;
  const child = spawn(toolPath('CERTDESK_TEST_NSUPDATE'), ['-v'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.end(
    [
      `server ${bind.address} ${bind.port}`,
      `key ${key?.algorithm}:${key?.name} ${key?.secret}`,
      `zone ${zone}`,
      ...updates,
      'send',
      '',
    ].join('\n'),
  );
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`nsupdate failed (${code}): ${output} for ${updates.join('; ')}`);
}
