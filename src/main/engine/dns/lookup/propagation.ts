// Waits until a TXT record is visible wherever the CA may query it: on every address of every authoritative server of its
// zone, twice in a row, and then on resolvers. Only then is the CA asked to validate, because it allows only a few failed
// validations per hour.
import { CertdeskError } from '../../core/errors.ts';
import { REAL_TIMING } from '../../core/timing.ts';
import { type NameServer, nameServersOf } from './name-servers.ts';
import {
  type Answer,
  authorityTargets,
  createPoll,
  type PollTarget,
  resolverTargets,
} from './propagation-poll.ts';
import {
  type AwaitedRecord,
  allRight,
  type PropagationOptions,
  type PropagationSettings,
  repeat,
  reportPoll,
  toJson,
} from './propagation-rounds.ts';
import { checkConfiguredResolvers, checkPublicResolvers } from './resolver-check.ts';
import { createStaleAnswers } from './stale-answers.ts';
import { findDoubledName } from './wrong-record.ts';

/**
 * Waits until all values are visible.
 * @throws DNS_PROPAGATION_TIMEOUT with the last answer of each server; DNS_LOOKUP_FAILED if the lookup of the zone's name
 * servers fails
 */
export async function waitForPropagation(record: AwaitedRecord, options: PropagationOptions): Promise<void> {
  const { timing = REAL_TIMING } = options;
  const deadline = timing.now() + options.settings.timeout * 1000;
  const targets = await targetsOf(record, options);
  const poll = createPoll(options.resolver, { name: record.name, type: 'TXT' }, record.values);
  const byAuthority = targets.some(({ kind }) => kind === 'authoritative');
  const stale = createStaleAnswers(deadline);
  const end = () => (byAuthority ? deadline : Math.max(deadline, stale.expiry()));
  const last = await repeat(end, options, async () => {
    const answers = await poll(targets, options.signal);
    reportPoll(record, answers, options);
    return {
      right: allRight(answers),
      answers,
      ...(byAuthority ? {} : { idleMs: stale.see(answers, timing.now()) }),
    };
  });
  if (!last.right) {
    const isSeen = last.answers.some(({ state }) => state === 'right');
    const working = targets.filter(({ host }) =>
      last.answers.some((answer) => answer.host === host && answer.state !== 'silent'),
    );
    const doubled = isSeen ? null : await findDoubledName(options.resolver, record, working, options.signal);
    throw timedOut(record, last.answers, options.settings, doubled);
  }
  if (!byAuthority) return;
  if (!options.resolver.configured) return checkPublicResolvers(record, options);
  const failing = await checkConfiguredResolvers(record, deadline, options);
  if (failing !== null) throw timedOut({ ...record, name: record.challenge }, failing, options.settings);
}

async function targetsOf(record: AwaitedRecord, options: PropagationOptions): Promise<readonly PollTarget[]> {
  const { resolver, settings, signal } = options;
  const authoritative = record.zone !== null && settings.ask !== 'resolvers';
  const servers = authoritative ? await nameServersOf(resolver, record.zone, signal) : [];
  reportAddressless(record, servers, options);
  reportPrivate(record, servers, options);
  const targets = authorityTargets(resolver, servers);
  return targets.length > 0 ? targets : resolverTargets(resolver);
}

/** The CA cannot query a host without an address either, so it is reported but does not delay the order. */
function reportAddressless(
  record: AwaitedRecord,
  servers: readonly NameServer[],
  options: PropagationOptions,
): void {
  const hosts = servers.filter(({ addresses }) => addresses.length === 0).map(({ host }) => host);
  if (hosts.length === 0) return;
  options.report('dns-propagation', `Name server ${hosts.join(', ')} of ${record.zone} has no address`, {
    name: record.name,
    zone: record.zone,
    nameServers: hosts,
  });
}

/** With split-horizon DNS the name servers may be in a private network; then the resolver, which reaches them, is queried. */
function reportPrivate(
  record: AwaitedRecord,
  servers: readonly NameServer[],
  { resolver, report }: PropagationOptions,
): void {
  const hidden = servers.flatMap(({ host, addresses }) =>
    addresses.filter((address) => !resolver.mayAsk(resolver.authority(address))).map(() => host),
  );
  if (hidden.length === 0) return;
  const hosts = [...new Set(hidden)];
  report(
    'dns-propagation',
    `${hosts.join(', ')} of ${record.zone} has an address in a private network, which Certdesk does not query (--allow-private)`,
    { name: record.name, zone: record.zone, nameServers: hosts },
  );
}

function timedOut(
  record: AwaitedRecord,
  answers: readonly Answer[],
  settings: PropagationSettings,
  doubled: string | null = null,
): CertdeskError {
  const wrong = answers.filter(({ state }) => state !== 'right');
  const said = wrong.map(
    ({ host, server, answer }) => `${host === server ? host : `${host} (${server})`}: ${answer}`,
  );
  const advice = doubled === null ? adviceFor(record, answers) : adviceForDoubledName(record, doubled);
  return new CertdeskError(
    'DNS_PROPAGATION_TIMEOUT',
    `Not all name servers returned the TXT record ${record.name} within ${settings.timeout} s (${said.join('; ')}). ` +
      advice.text,
    {
      record: record.name,
      zone: record.zone,
      expected: record.values,
      waitedSeconds: settings.timeout,
      servers: answers.map(toJson),
      ...(advice.resolversOnly
        ? { suggestedSetting: { section: 'dns', propagationCheck: 'resolvers' } }
        : {}),
    },
  );
}

function adviceForDoubledName({ name, zone }: AwaitedRecord, doubled: string): Advice {
  const entered = name === zone ? '@' : name.slice(0, -(zone?.length ?? 0) - 1);
  const text = `The value is at ${doubled}: the DNS provider appends ${zone} to the name. Enter ${entered} as the name of the record.`;
  return { text, resolversOnly: false };
}

interface Advice {
  readonly text: string;
  readonly resolversOnly: boolean;
}

/** @returns `resolversOnly`: true if the setting `dns.propagationCheck: resolvers` would let the order continue */
function adviceFor(record: AwaitedRecord, answers: readonly Answer[]): Advice {
  const authoritative = answers.filter(({ kind }) => kind === 'authoritative');
  const broken = authoritative.filter(({ state }) => state === 'silent' || state === 'failed');
  const others = authoritative.filter((answer) => !broken.includes(answer));
  if (answers.length > 0 && answers.every(({ state }) => state === 'silent')) {
    const text =
      'None is reachable: check that this server may send DNS queries (port 53, UDP and TCP) to the internet.';
    const resolversOnly = authoritative.length > 0;
    const setting = ' If it may query only its own resolver, set dns.propagationCheck to "resolvers".';
    return { text: text + (resolversOnly ? setting : ''), resolversOnly };
  }
  if (broken.length === 0 || others.some(({ state }) => state !== 'right')) {
    return { text: 'Check those servers at the DNS provider, or allow more time.', resolversOnly: false };
  }
  const hosts = [...new Set(broken.map(({ host }) => host))].join(', ');
  const text =
    `All other name servers show it. Repair ${hosts}, or remove it from the NS records of ${record.zone}. ` +
    'To issue without it, let Certdesk query only the resolvers: set dns.propagationCheck to "resolvers".';
  return { text, resolversOnly: true };
}
