// Composes the sentences of a reachability test: what was found and what to do.
import { isIpAddress } from '../../../../shared/ip-address.ts';
import type { AddressFinding, AddressReport, NameReport } from '../../../../shared/reachability.ts';
import type { Fetched, NotAsked } from './fetch.ts';

/** The limits of the test, shown with every result. */
export const SEEN_FROM =
  'Tested from this server, not from the CA. Behind a router without NAT hairpinning the test can fail although the CA gets through. It can pass although a firewall blocks the CA.';

export interface Place {
  readonly address: string;
  readonly isPublic: boolean;
  readonly isOwn: boolean;
}

/**
 * Describes the result of one address.
 * @param expected The probe's text.
 * @param name The name that has the address, or the address itself for an IP address of the certificate.
 */
export function describeAddress(
  place: Place,
  fetched: Fetched | NotAsked,
  { expected, name }: { readonly expected: string; readonly name: string },
): AddressReport {
  const finding = findingOf(place, fetched, expected);
  const answered = fetched.kind === 'answer';
  const server = answered ? (fetched.server?.slice(0, 100) ?? null) : null;
  const status = answered ? fetched.status : null;
  const hasName = name !== place.address;
  const message = sentences({ ...place, finding, status, server, fetched, hasName });
  return { ...place, finding, status, server, redirects: [...fetched.redirects], message: message.join(' ') };
}

function findingOf(
  { isPublic, isOwn }: Place,
  fetched: Fetched | NotAsked,
  expected: string,
): AddressFinding {
  if (fetched.kind !== 'answer') return fetched.kind;
  // RFC 8555 section 8.3: white space at the end is ignored.
  const ours = fetched.status === 200 && fetched.body.trimEnd() === expected;
  if (ours) return isPublic ? 'well' : 'private';
  return isOwn ? 'other_server' : 'elsewhere';
}

interface ReportFacts extends Place {
  readonly finding: AddressFinding;
  readonly status: number | null;
  readonly server: string | null;
  readonly fetched: Fetched | NotAsked;
  /** False for an IP address of the certificate: DNS neither leads to it nor can validate it. */
  readonly hasName: boolean;
}

export const PRIVATE = 'Private address: a public CA cannot reach it; only a CA in your network can.';

function sentences(facts: ReportFacts): readonly string[] {
  const { isPublic, finding, fetched } = facts;
  const redirects =
    fetched.redirects.length === 0 || finding === 'bad_redirect'
      ? []
      : [`It redirected to ${fetched.redirects.join(', then ')}.`];
  return [describeFinding(facts), ...redirects, ...(isPublic ? [] : [PRIVATE])];
}

function describeFinding({ address, finding, status, server, fetched, hasName }: ReportFacts): string {
  const who = `${server === null ? 'unnamed server' : server}, status ${status}`;
  const reason = 'reason' in fetched ? fetched.reason : '';
  switch (finding) {
    case 'well':
    case 'private':
      return `${address} reaches this Certdesk.`;
    case 'not_asked':
      return `${address} was not tested: Certdesk connects to a private address only if it was started with --allow-private for its network.`;
    case 'elsewhere':
      return `Another server answers at ${address} (${who}). ${hasName ? 'Point the name to this server, forward port 80, or use DNS-01.' : 'Forward its port 80 to this server, or request the certificate where that server runs.'}`;
    case 'other_server':
      return `Another web server uses port 80 of ${address}, this server (${who}). Stop it, ${hasName ? 'forward /.well-known/acme-challenge/ to Certdesk, or use DNS-01' : 'or forward /.well-known/acme-challenge/ to Certdesk'}.`;
    case 'refused':
      return `Port 80 of ${address} is closed. Start the listener or forward the port to Certdesk.`;
    case 'timeout':
      return `Port 80 of ${address} timed out. A firewall or router is blocking it: open port 80.`;
    case 'unreachable':
      return `No route to ${address} (${reason}). Check ${hasName ? 'the DNS record' : 'the address'} and this server’s network.`;
    case 'broken':
      return `${address} accepts connections but does not speak HTTP (${reason}). Check what listens on port 80.`;
    case 'bad_redirect': {
      const redirects = fetched.redirects.length === 0 ? '' : ` (${fetched.redirects.join(' → ')})`;
      return `${address} redirects ${reason}. Serve /.well-known/acme-challenge/ without that redirect.${redirects}`;
    }
  }
}

const SPLIT_DNS = ' If other networks see a public address (split DNS), this test cannot tell.';
const NOT_FAILING: readonly AddressFinding[] = ['well', 'private', 'not_asked'];

/**
 * Summarizes the results of one name.
 * @param reports In the order in which CAs try them: IPv6 first.
 * @param port The port that was tested.
 */
export function describeName(name: string, reports: readonly AddressReport[], port = 80): NameReport {
  const failing = reports.filter(({ finding }) => !NOT_FAILING.includes(finding));
  const addresses = [...reports];
  const isIp = isIpAddress(name);
  const listed = isIp
    ? `${name} is an IP address`
    : `${name} resolves to ${reports.map(({ address }) => address).join(', ')}`;
  if (failing.length === 0) {
    const isWell = reports.every(({ finding }) => finding === 'well');
    const isUnknown = reports.some(({ finding }) => finding === 'not_asked');
    const message = isWell
      ? `${listed}. Certdesk is reachable on port ${port}.`
      : isUnknown
        ? `${listed}, in a private network. This was not tested, and a public CA cannot connect.${isIp ? '' : SPLIT_DNS}`
        : `${listed}. Certdesk is reachable from your network only; a public CA cannot connect.`;
    return { name, verdict: isWell ? 'well' : 'doubtful', problem: null, message, addresses };
  }
  if (failing.length === reports.length) {
    const message = `${listed}. Certdesk is not reachable there.`;
    return { name, verdict: 'failing', problem: null, message, addresses };
  }
  const bad = failing.map(({ address }) => address).join(', ');
  const message = `${listed}. Some addresses do not reach Certdesk (${bad}). CAs prefer IPv6 and may use any of them.`;
  return { name, verdict: 'failing', problem: null, message, addresses };
}
