// Sends dynamic updates (RFC 2136) signed with TSIG to a name server such as BIND, Knot DNS or PowerDNS.

import { randomInt } from 'node:crypto';
import type { CertdeskError } from '../../../core/errors.ts';
import { invalidCredential } from '../../../core/invalid.ts';
import { queryServer, RCODES } from '../../lookup/query.ts';
import {
  type DnsServerAddress,
  exchangeTcp,
  formatServer,
  parseServer,
  type ServerGuard,
} from '../../lookup/transport.ts';
import { type DnsProvider, defineDnsProvider, type ProviderTools } from '../provider.ts';
import { backoffMs } from '../retry.ts';
import { readTxtRef, txtRefFor } from '../txt-ref.ts';
import { refusal } from './refusal.ts';
import { signMessage, TSIG_ALGORITHMS, type TsigAlgorithm, type TsigKey, verifyAnswer } from './tsig.ts';
import { encodeTxtUpdate, type TxtUpdate } from './wire.ts';

const TTL = 60;
const TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
const PROVIDER = {
  name: 'RFC 2136 (BIND, Knot, PowerDNS)',
  permissions:
    'TSIG key that may update TXT records in the zone (BIND: update-policy { grant KEY zonesub TXT; };).',
};

export const rfc2136 = defineDnsProvider({
  id: 'rfc2136',
  ...PROVIDER,
  docs: 'https://bind9.readthedocs.io/en/stable/chapter6.html#dynamic-update',
  credentials: [
    {
      name: 'nameserver',
      label: 'Primary name server',
      secret: false,
      required: true,
      type: 'text',
      address: true,
      help: 'HOST or HOST:PORT. Certdesk sends updates over TCP.',
    },
    {
      name: 'tsigKeyName',
      label: 'TSIG key name',
      secret: false,
      required: true,
      type: 'text',
      help: 'As in the key statement that tsig-keygen prints.',
    },
    {
      name: 'tsigSecret',
      label: 'TSIG secret',
      secret: true,
      required: true,
      type: 'text',
      help: 'Base64, as in the key statement.',
    },
    {
      name: 'tsigAlgorithm',
      label: 'TSIG algorithm',
      secret: false,
      required: false,
      type: 'choice',
      choices: Object.keys(TSIG_ALGORITHMS),
      default: 'hmac-sha256',
    },
  ],
  propagation: { timeout: 120, interval: 2 },
  create({ nameserver, tsigKeyName, tsigSecret, tsigAlgorithm }, tools) {
    const server = parseServer(String(nameserver));
    if (server === null) throw invalidCredential('nameserver', 'is not HOST or HOST:PORT');
    return createRfc2136(
      server,
      readKey(String(tsigKeyName), String(tsigSecret), String(tsigAlgorithm)),
      tools,
    );
  },
});

function createRfc2136(server: DnsServerAddress, key: TsigKey, tools: ProviderTools): DnsProvider {
  const { timeoutMs = TIMEOUT_MS, addressPolicy: policy, origin } = tools;
  const guard = { policy, origin };
  return {
    async addTxt(record, signal) {
      const { zone, name, value } = record;
      const ttl = await ttlOf(server, name, { ...guard, signal });
      await update({ zone: zone.name, action: 'add', name, value, ttl }, signal);
      return txtRefFor(record);
    },
    async removeTxt(ref, signal) {
      const { zoneId, name, value } = readTxtRef(ref);
      await update({ zone: zoneId, action: 'delete', name, value, ttl: 0 }, signal);
    },
    refFor: txtRefFor,
  };

  /** Repeating an update is safe: adding or deleting the same record twice has no further effect. */
  async function update(change: TxtUpdate, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const failure = await send(change, signal);
      if (failure === null) return;
      if (!failure.entry.retryable || attempt === ATTEMPTS) throw failure;
      tools.log.warn(
        { server: formatServer(server), attempt, reason: failure.message },
        'Sending the DNS update again',
      );
      await tools.sleep(backoffMs(attempt, 500), signal);
    }
  }

  async function send(change: TxtUpdate, signal: AbortSignal): Promise<CertdeskError | null> {
    const now = tools.clock.now();
    const id = randomInt(0x10000);
    const request = signMessage(encodeTxtUpdate(id, change), key, now);
    const exchange = await exchangeTcp(server, request.message, { ...guard, timeoutMs, signal });
    const at = formatServer(server);
    if (exchange.silent && exchange.refused !== undefined) throw exchange.refused;
    if (exchange.silent) return tools.http.unavailable(`at ${at} does not answer: ${exchange.reason}.`);
    const { message } = exchange;
    if (message.length < 12 || message.readUInt16BE(0) !== id) {
      return tools.http.unavailable(`at ${at} answers something other than the update.`);
    }
    const code = message.readUInt16BE(2) & 0xf;
    const rcode = RCODES[code] ?? `RCODE${code}`;
    const tsig = verifyAnswer(message, key, { mac: request.mac, now: tools.clock.now() });
    if (rcode === 'NOERROR' && tsig.state === 'signed' && tsig.error === 'NOERROR') return null;
    // A forged success would be harmful, but a forged refusal is no worse than a real one.
    if (rcode === 'NOERROR')
      return tools.http.unavailable(`at ${at} answers without a valid TSIG signature.`);
    return refusal(change, { ...PROVIDER, server: at, key, rcode, tsig, http: tools.http });
  }
}

/** An update sets the TTL of the whole RRset (RFC 2136 section 3.4.2.2), so use the TTL of the user's existing records. */
async function ttlOf(
  server: DnsServerAddress,
  name: string,
  options: ServerGuard & { readonly signal: AbortSignal },
): Promise<number> {
  const reply = await queryServer(
    server,
    { name, type: 'TXT' },
    { ...options, recursive: false, timeoutMs: 2_000 },
  );
  const existing = reply.silent ? undefined : reply.answers.find(({ type }) => type === 'TXT');
  return existing?.ttl ?? TTL;
}

function readKey(name: string, secret: string, algorithm: string): TsigKey {
  const labels = name.replace(/\.$/, '').split('.');
  if (!labels.every((label) => /^[\w-]{1,63}$/.test(label)) || name.length > 253) {
    throw invalidCredential('tsigKeyName', 'is not the name of a key');
  }
  const base64 = secret.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(base64)) throw invalidCredential('tsigSecret', 'is not Base64');
  return {
    name: labels.join('.').toLowerCase(),
    secret: Buffer.from(base64, 'base64'),
    algorithm: known(algorithm),
  };
}

function known(algorithm: string): TsigAlgorithm {
  const names = Object.keys(TSIG_ALGORITHMS) as TsigAlgorithm[];
  return names.find((name) => name === algorithm) ?? 'hmac-sha256';
}
