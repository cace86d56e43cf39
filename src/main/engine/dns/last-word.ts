// What resolvers see of a TXT record that all name servers show: asked last, since they remember what they were told.
import { REAL_PACE } from '../pace.ts';
import { type Answer, createPoll, publicTarget, resolverTargets } from './propagation-poll.ts';
import {
  type AwaitedRecord,
  allRight,
  isStale,
  type PropagationOptions,
  repeat,
  reportPoll,
} from './propagation-rounds.ts';

const STALE_RESOLVER_MS = 10_000;
const PUBLIC_RESOLVER_MS = 5_000;

/**
 * The resolvers see what the CA sees: CNAMEs, delegation, DNSSEC. One that still shows an older answer from its cache
 * is waited for a while and then left alone, since the CA has a cache of its own; one that fails holds the order up.
 * @returns what they answered last where they object; null where the CA may be asked.
 */
export async function configuredWord(
  record: AwaitedRecord,
  deadline: number,
  options: PropagationOptions,
): Promise<readonly Answer[] | null> {
  const targets = resolverTargets(options.resolver);
  const poll = createPoll(options.resolver, { name: record.challenge, type: 'TXT' }, record.values);
  const { pace = REAL_PACE } = options;
  const patience = pace.now() + (options.staleResolverMs ?? STALE_RESOLVER_MS);
  const last = await repeat(deadline, options, async () => {
    const answers = await poll(targets, options.signal);
    reportPoll({ ...record, name: record.challenge }, answers, options);
    return { right: allRight(answers) || (isStale(answers) && pace.now() > patience), answers };
  });
  return last.right || isStale(last.answers) ? null : last.answers;
}

/**
 * Where no resolver was chosen, public ones are asked, and waited for a little: what they show, the CA is likely to
 * see. They hold nothing up for longer: they may be out of reach, keep an older answer for as long as its TTL says, or
 * see another side of a split DNS than a private CA does.
 */
export async function publicWord(record: AwaitedRecord, options: PropagationOptions): Promise<void> {
  const targets = (options.settings.publicResolvers ?? []).map(publicTarget);
  if (targets.length === 0) return;
  const poll = createPoll(options.resolver, { name: record.challenge, type: 'TXT' }, record.values);
  const { pace = REAL_PACE, publicResolverMs = PUBLIC_RESOLVER_MS } = options;
  const [patience, ended] = [new AbortController(), new AbortController()];
  const signal = AbortSignal.any([options.signal, patience.signal]);
  pace.pause(publicResolverMs, ended.signal).then(
    () => patience.abort(),
    () => undefined, // it ended before
  );
  const round = async () => {
    const answers = await poll(targets, signal);
    reportPoll({ ...record, name: record.challenge }, answers, options);
    const right = answers.every(({ state }) => state === 'right' || state === 'silent');
    return { right, sure: right, answers };
  };
  try {
    await repeat(Number.POSITIVE_INFINITY, { ...options, signal }, round);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!patience.signal.aborted) throw error;
    const message = `Not every public resolver shows the TXT record ${record.challenge} yet; all name servers do, so the CA is asked now`;
    options.report('dns-propagation', message, { name: record.challenge });
  } finally {
    ended.abort();
  }
}
