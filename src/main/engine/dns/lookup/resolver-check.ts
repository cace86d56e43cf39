// Checks a TXT record on resolvers once all name servers return it. Resolvers come last, because they cache old answers.
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
 * Resolvers see what the CA sees: CNAMEs, delegation, DNSSEC. If a resolver caches an older answer, Certdesk waits until
 * it expires, because the CA may have cached it too. A failing resolver delays the order.
 * @returns the last answers if a resolver does not return the record; null if validation may start
 */
export async function checkConfiguredResolvers(
  record: AwaitedRecord,
  deadline: number,
  options: PropagationOptions,
): Promise<readonly Answer[] | null> {
  const targets = resolverTargets(options.resolver);
  const poll = createPoll(options.resolver, { name: record.challenge, type: 'TXT' }, record.values);
  const { timing = REAL_TIMING } = options;
  const started = timing.now();
  const stale = createStaleAnswers(deadline);
  const waitLimit = () => Math.max(started + (options.staleResolverMs ?? STALE_RESOLVER_MS), stale.expiry());
  const report = expiryReport(record, stale, options);
  let waits = false;
  const last = await repeat(
    () => (waits ? Math.max(deadline, waitLimit()) : deadline),
    options,
    async () => {
      const answers = await poll(targets, options.signal);
      reportPoll({ ...record, name: record.challenge }, answers, options);
      const idleMs = stale.see(answers, timing.now());
      waits = isStale(answers);
      report();
      return { right: allRight(answers) || (waits && timing.now() > waitLimit()), answers, idleMs };
    },
  );
  return last.right || isStale(last.answers) ? null : last.answers;
}

/** Reports once why the order waits. */
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
 * If no resolver is configured, Certdesk queries public ones, which probably see what the CA sees, and waits for them
 * briefly, or until a cached older value expires. They never delay the order longer, because they may be unreachable or
 * see another side of a split-horizon DNS than a private CA.
 */
export async function checkPublicResolvers(
  record: AwaitedRecord,
  options: PropagationOptions,
): Promise<void> {
  const targets = (options.settings.publicResolvers ?? []).map(publicTarget);
  if (targets.length === 0) return;
  const poll = createPoll(options.resolver, { name: record.challenge, type: 'TXT' }, record.values);
  const { timing = REAL_TIMING, publicResolverMs = PUBLIC_RESOLVER_MS } = options;
  const [timeUp, ended] = [new AbortController(), new AbortController()];
  const signal = AbortSignal.any([options.signal, timeUp.signal]);
  const started = timing.now();
  const stale = createStaleAnswers(started);
  const report = expiryReport(record, stale, options);
  const giveUp = async () => {
    let until = started + publicResolverMs;
    for (; timing.now() < until; until = Math.max(until, stale.expiry())) {
      await timing.pause(until - timing.now(), ended.signal);
    }
    timeUp.abort();
  };
  giveUp().catch(() => undefined); // the check ended before
  const round = async () => {
    const answers = await poll(targets, signal);
    reportPoll({ ...record, name: record.challenge }, answers, options);
    const right = answers.every(({ state }) => state === 'right' || state === 'silent');
    const idleMs = stale.see(answers, timing.now());
    report();
    return { right, sure: right, answers, idleMs };
  };
  try {
    await repeat(() => Number.POSITIVE_INFINITY, { ...options, signal }, round);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!timeUp.signal.aborted) throw error;
    const message = `Not every public resolver returns the TXT record ${record.challenge} yet; all name servers do, so the order continues`;
    options.report('dns-propagation', message, { name: record.challenge });
  } finally {
    ended.abort();
  }
}
