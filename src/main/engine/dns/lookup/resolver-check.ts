// What resolvers see of a TXT record that all name servers show: asked last, since they remember what they were told.
import { REAL_TIMING } from '../../core/timing.ts';
import { type Answer, createPoll, publicTarget, resolverTargets } from './propagation-poll.ts';
import {
  type AwaitedRecord,
  allRight,
  isStale,
  type PropagationOptions,
  repeat,
  reportPoll,
} from './propagation-rounds.ts';
import { createStaleAnswers, type StaleAnswers } from './stale-answers.ts';

const STALE_RESOLVER_MS = 10_000;
const PUBLIC_RESOLVER_MS = 5_000;

/**
 * The resolvers see what the CA sees: CNAMEs, delegation, DNSSEC. One that still shows an older answer from its cache
 * is waited for until that answer expires, for the CA may have it in its cache too; one that fails holds the order up.
 * @returns what they answered last where they object; null where the CA may be asked.
 */
export async function configuredWord(
  record: AwaitedRecord,
  deadline: number,
  options: PropagationOptions,
): Promise<readonly Answer[] | null> {
  const targets = resolverTargets(options.resolver);
  const poll = createPoll(options.resolver, { name: record.challenge, type: 'TXT' }, record.values);
  const { pace = REAL_TIMING } = options;
  const started = pace.now();
  const stale = createStaleAnswers(deadline);
  const patience = () => Math.max(started + (options.staleResolverMs ?? STALE_RESOLVER_MS), stale.expiry());
  const report = expiryReport(record, stale, options);
  let waits = false;
  const last = await repeat(
    () => (waits ? Math.max(deadline, patience()) : deadline),
    options,
    async () => {
      const answers = await poll(targets, options.signal);
      reportPoll({ ...record, name: record.challenge }, answers, options);
      const idleMs = stale.see(answers, pace.now());
      waits = isStale(answers);
      report();
      return { right: allRight(answers) || (waits && pace.now() > patience()), answers, idleMs };
    },
  );
  return last.right || isStale(last.answers) ? null : last.answers;
}

/** Says once why the order waits. */
function expiryReport(
  record: AwaitedRecord,
  stale: StaleAnswers,
  { report }: PropagationOptions,
): () => void {
  let said = false;
  return () => {
    if (said || stale.seconds === 0) return;
    said = true;
    const message = `A resolver caches an older TXT record ${record.challenge} for ${stale.seconds} s; waiting until it expires`;
    report('dns-propagation', message, { name: record.challenge, ttl: stale.seconds });
  };
}

/**
 * Where no resolver was chosen, public ones are asked, and waited for a little: what they show, the CA is likely to
 * see. One that keeps an older value is waited for until that expires. They hold nothing up for longer: they may be out
 * of reach, or see another side of a split DNS than a private CA does.
 */
export async function publicWord(record: AwaitedRecord, options: PropagationOptions): Promise<void> {
  const targets = (options.settings.publicResolvers ?? []).map(publicTarget);
  if (targets.length === 0) return;
  const poll = createPoll(options.resolver, { name: record.challenge, type: 'TXT' }, record.values);
  const { pace = REAL_TIMING, publicResolverMs = PUBLIC_RESOLVER_MS } = options;
  const [patience, ended] = [new AbortController(), new AbortController()];
  const signal = AbortSignal.any([options.signal, patience.signal]);
  const started = pace.now();
  const stale = createStaleAnswers(started);
  const report = expiryReport(record, stale, options);
  const giveUp = async () => {
    let until = started + publicResolverMs;
    for (; pace.now() < until; until = Math.max(until, stale.expiry())) {
      await pace.pause(until - pace.now(), ended.signal);
    }
    patience.abort();
  };
  giveUp().catch(() => undefined); // it ended before
  const round = async () => {
    const answers = await poll(targets, signal);
    reportPoll({ ...record, name: record.challenge }, answers, options);
    const right = answers.every(({ state }) => state === 'right' || state === 'silent');
    const idleMs = stale.see(answers, pace.now());
    report();
    return { right, sure: right, answers, idleMs };
  };
  try {
    await repeat(() => Number.POSITIVE_INFINITY, { ...options, signal }, round);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!patience.signal.aborted) throw error;
    const message = `Not every public resolver returns the TXT record ${record.challenge} yet; all name servers do, so the order continues`;
    options.report('dns-propagation', message, { name: record.challenge });
  } finally {
    ended.abort();
  }
}
