// What is wrong with the chain that a server sent: gaps, order, trust, limits, intermediates that expire, certificates too many.
import type { X509Certificate } from 'node:crypto';
import { FINDINGS, type Finding } from '../../../shared/endpoint.ts';
import { isSignedBy, isSignedByItself } from '../pki/inspect/issued-by.ts';
import { createFinding, formatTime, nameOf, nameOfIssuer } from './finding-text.ts';
import { checkLimits } from './path-limits.ts';
import { isValidAt, type Trust } from './trust.ts';
import { findTrustPath, isSame, linkSent, type TrustPath } from './trust-path.ts';

export interface ChainContext {
  readonly now: Date;
  readonly trust: Trust;
  readonly knownIssuers?: readonly X509Certificate[];
}

/** @param sent As sent, the leaf first; not empty. */
export function findChainProblems(
  sent: readonly X509Certificate[],
  address: string,
  context: ChainContext,
): readonly Finding[] {
  const path = findTrustPath(sent, context.trust, context.now);
  const linked = linkSent(sent, context.now);
  if (path === null) return [];
  const trust = checkTrust(path, sent, context).map(([code, message, advice]) =>
    createFinding(code, address, message, advice),
  );
  // Beyond a gap nobody can say which certificates are superfluous.
  const hasGap = trust.some(({ code }) => code === 'missing-intermediate' || code === 'invalid-chain');
  return [
    ...trust,
    ...checkLimits(path, address),
    ...checkOrder(sent, linked, address),
    ...checkIntermediates(path, address, context.now),
    ...(hasGap ? [] : checkSuperfluous(sent, linked, address, context.now)),
  ];
}

type Problem = readonly [
  code: 'missing-intermediate' | 'untrusted' | 'self-signed' | 'invalid-chain',
  message: string,
  advice?: string,
];

function checkTrust(
  path: TrustPath,
  sent: readonly X509Certificate[],
  context: ChainContext,
): readonly Problem[] {
  const { end, root } = path;
  const [leaf] = path.path;
  if (end === 'trusted' || leaf === undefined) return [];
  if (end === 'self-signed') return [['self-signed', `The certificate ${nameOf(leaf)} signed itself.`]];
  if (root !== null) return [['untrusted', untrusted(path)]];
  return explainGap(path, sent, context);
}

function untrusted({ end, root }: TrustPath): string {
  const name = root === null ? '' : nameOf(root);
  return end === 'expired-root' && root !== null
    ? `The chain ends at the root ${name}, which expired at ${formatTime(root.validToDate)}.`
    : `The chain ends at the root ${name}, which is not trusted.`;
}

/** Certificates that Certdesk knows show whether an intermediate is missing, or only the root, which nobody sends. */
function explainGap(
  sentPath: TrustPath,
  sent: readonly X509Certificate[],
  { trust, now, knownIssuers = [] }: ChainContext,
): readonly Problem[] {
  const whole = findTrustPath([...sent, ...knownIssuers], trust, now);
  const missing = whole?.path.filter((each) => !sent.some((own) => isSame(own, each))) ?? [];
  const problems: Problem[] = [];
  if (missing.length > 0)
    problems.push(['missing-intermediate', `The server does not send ${missing.map(nameOf).join(', ')}.`]);
  if (whole !== null && whole.root !== null && whole.end !== 'trusted')
    problems.push(['untrusted', untrusted(whole)]);
  if (problems.length > 0) return problems;
  const top = sentPath.path.at(-1);
  if (top === undefined) return [];
  const unfit = sent.find((each) => !isSame(each, top) && isSignedBy(top, each));
  if (unfit !== undefined)
    return [
      [
        'invalid-chain',
        `${nameOf(unfit)} issued ${nameOf(top)}, but it is not a CA that may issue certificates.`,
      ],
    ];
  const issuer = nameOfIssuer(top);
  const message = `The server does not send the certificate of ${issuer}, which issued ${nameOf(top)} and is not a trusted root.`;
  const advice = `${FINDINGS['missing-intermediate'].advice} If ${issuer} is the root of a private CA, trust it instead.`;
  return [['missing-intermediate', message, advice]];
}

/** RFC 5246 section 7.4.2: each certificate certifies the one before it. RFC 8446 tolerates another order. */
function checkOrder(
  sent: readonly X509Certificate[],
  linked: readonly X509Certificate[],
  address: string,
): readonly Finding[] {
  const inOrderSent = withoutCopies(sent).filter((each) => linked.some((own) => isSame(own, each)));
  if (inOrderSent.every((each, at) => isSame(each, linked[at] ?? each))) return [];
  const message = `The server sends ${inOrderSent.map(nameOf).join(', ')}. The right order is ${linked.map(nameOf).join(', ')}.`;
  return [createFinding('chain-out-of-order', address, message)];
}

const DAY_MS = 86_400_000;
const SOON_MS = 30 * DAY_MS;

function checkIntermediates({ path }: TrustPath, address: string, now: Date): readonly Finding[] {
  const [leaf, ...intermediates] = path;
  return intermediates.flatMap((each) => {
    const ends = each.validToDate;
    const name = `The intermediate certificate ${nameOf(each)}`;
    if (now < each.validFromDate) {
      const message = `${name} is valid only from ${formatTime(each.validFromDate)}.`;
      return [createFinding('not-yet-valid', address, message)];
    }
    if (now > ends)
      return [createFinding('intermediate-expired', address, `${name} expired at ${formatTime(ends)}.`)];
    const isFirst = leaf !== undefined && ends < leaf.validToDate;
    if (!isFirst && ends.getTime() - now.getTime() > SOON_MS) return [];
    const before = isFirst ? ', before the certificate itself' : '';
    return [
      createFinding('intermediate-expiring', address, `${name} expires at ${formatTime(ends)}${before}.`),
    ];
  });
}

function checkSuperfluous(
  sent: readonly X509Certificate[],
  linked: readonly X509Certificate[],
  address: string,
  now: Date,
): readonly Finding[] {
  const top = linked.length > 1 ? linked.at(-1) : undefined;
  const roots = top !== undefined && isSignedByItself(top) ? [top] : [];
  const others = sent.filter(
    (each, at) => !linked.some((own) => isSame(own, each)) || sent.findIndex((own) => isSame(own, each)) < at,
  );
  return [
    ...roots.map((root) =>
      createFinding('extra-root', address, `The server also sends the root ${nameOf(root)}.`),
    ),
    ...(others.length === 0
      ? []
      : [
          createFinding(
            'extra-certificate',
            address,
            `The server also sends ${others.map((each) => describeExtra(each, now)).join(', ')}.`,
          ),
        ]),
  ];
}

function describeExtra(certificate: X509Certificate, now: Date): string {
  return `${nameOf(certificate)}${isValidAt(certificate, now) ? '' : ' (expired)'}`;
}

function withoutCopies(certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  return [...new Map(certificates.map((each) => [each.fingerprint256, each])).values()];
}
