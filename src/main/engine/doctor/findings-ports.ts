// Findings about addresses, and about what answers there on ports 80 and 443.

import { isIPv6 } from 'node:net';
import type { DoctorFinding } from '../../../shared/doctor.ts';
import { isPublicAddress } from '../outgoing/special-networks.ts';
import type { DoctorOrder, NameFacts, PortFacts } from './facts.ts';
import {
  addRecord,
  command,
  createDoctorFinding,
  instead,
  methodOf,
  removeRecord,
  setting,
  USE_DNS,
} from './finding.ts';

export function findAddressProblems(facts: NameFacts, order: DoctorOrder): readonly DoctorFinding[] {
  const { name, addresses, ports } = facts;
  const method = methodOf(name, order);
  const needsServer = method === 'http-01' || method === 'tls-alpn-01';
  if (!addresses.known) {
    const message = `${name} could not be looked up: ${addresses.reason}`;
    const fixes = [command(`dig ${name.replace(/^\*\./, '')} A`)];
    return [createDoctorFinding('lookup-failed', { name, message, fixes })];
  }
  if (!needsServer) return [];
  if (addresses.value.length === 0) return [unresolved(name)];
  return [
    ...addresses.value
      .filter((address) => !isPublicAddress(address))
      .flatMap((address) => (order.ca.isPublic ? [privateAddress(name, address)] : [])),
    // The report shows who answers on the other port; that is no finding.
    ...(method === 'http-01' ? findPort80(name, ports) : findPort443(name, ports)),
  ];
}

function unresolved(name: string): DoctorFinding {
  const message = `${name} has neither an A nor an AAAA record.`;
  const fixes = [addRecord(name, 'A', 'ADDRESS-OF-THE-SERVER')];
  return createDoctorFinding('unresolved', { name, message, fixes });
}

function privateAddress(name: string, address: string): DoctorFinding {
  const message = `${name} has the private address ${address}, where no public CA can connect.`;
  const fixes = [recordOf(name, address), instead(USE_DNS)];
  return createDoctorFinding('private-address', { name, message, fixes: name === address ? [] : fixes });
}

const recordOf = (name: string, address: string) =>
  removeRecord(name, isIPv6(address) ? 'AAAA' : 'A', address);

const DOWN = {
  refused: 'is closed',
  timeout: 'does not answer in time',
  unreachable: 'has no route',
} as const;

/** For nginx. */
const FORWARD = command('location /.well-known/acme-challenge/ { proxy_pass http://CERTDESK:80; }');
/** nginx runs a `return` of the server block before it selects a location. */
const REDIRECT = command(
  'location / { return 301 https://$host$request_uri; } # replaces a return outside of a location',
);

type Port80 = Extract<PortFacts, { readonly port: 80 }>;

function findPort80(name: string, ports: readonly PortFacts[]): readonly DoctorFinding[] {
  const all = ports.filter((facts): facts is Port80 => facts.port === 80);
  const answering = all.filter(({ fetched }) => fetched.kind === 'answer' || fetched.kind === 'bad_redirect');
  return all.flatMap(({ address, fetched, expected }): readonly DoctorFinding[] => {
    switch (fetched.kind) {
      case 'answer': {
        if (expected === null) return [];
        if (fetched.status === 200 && fetched.body.trimEnd() === expected) return [];
        const who = fetched.server === null ? `a server without a name` : fetched.server.slice(0, 100);
        const message = `At ${address}, ${who} answers on port 80 instead of Certdesk (HTTP ${fetched.status}).`;
        const fixes = [FORWARD];
        return [createDoctorFinding('port-80-other-server', { name, message, fixes })];
      }
      case 'not_asked':
        return [notAsked(name, address, 80)];
      case 'bad_redirect': {
        const to = fetched.redirects.at(-1) ?? '';
        const message = `Port 80 of ${address} redirects ${fetched.reason}${to === '' ? '' : ` (${to})`}.`;
        const fixes = [FORWARD, REDIRECT];
        return [createDoctorFinding('redirect-not-followed', { name, message, fixes })];
      }
      case 'broken': {
        const message = `The server on port 80 of ${address} does not speak HTTP (${fetched.reason}).`;
        const fixes = [command('ss -ltnp sport = :80')];
        return [createDoctorFinding('port-80-not-http', { name, message, fixes })];
      }
      default: {
        if (isIPv6(address) && answering.length > 0) return [deadIpv6(name, address, fetched.kind)];
        if (fetched.kind === 'unreachable') return [notAsked(name, address, 80)];
        const message = `Port 80 of ${address} ${DOWN[fetched.kind]} (${fetched.reason}).`;
        const fixes = [command('ufw allow 80/tcp'), instead(USE_DNS)];
        return [createDoctorFinding('port-80-unreachable', { name, message, fixes })];
      }
    }
  });
}

/** A machine without IPv6 has no route to any IPv6 address, which says nothing about the server. */
function deadIpv6(name: string, address: string, kind: keyof typeof DOWN): DoctorFinding {
  if (kind === 'unreachable') return notAsked(name, address, 80);
  const message = `${name} has the IPv6 address ${address}, whose port 80 ${DOWN[kind]}; its IPv4 address answers.`;
  const fixes = name === address ? [] : [removeRecord(name, 'AAAA', address)];
  return createDoctorFinding('ipv6-unreachable', { name, message, fixes });
}

function notAsked(name: string, address: string, port: number): DoctorFinding {
  const message = `Port ${port} of ${address} was not checked: this machine has no route to it, or may not connect to it.`;
  return createDoctorFinding('not-checked', { name, message });
}

function findPort443(name: string, ports: readonly PortFacts[]): readonly DoctorFinding[] {
  return ports.flatMap((facts): readonly DoctorFinding[] => {
    if (facts.port !== 443) return [];
    const { address, tls } = facts;
    if (tls.kind === 'answers') return [];
    if (tls.kind === 'not-asked' || tls.kind === 'unreachable') return [notAsked(name, address, 443)];
    if (tls.kind === 'not-tls') {
      const message = `The server on port 443 of ${address} does not speak TLS (${tls.reason}).`;
      const fixes = [command('ss -ltnp sport = :443')];
      return [createDoctorFinding('port-443-not-tls', { name, message, fixes })];
    }
    const message = `Port 443 of ${address} ${DOWN[tls.kind]} (${tls.reason}).`;
    const fixes = [command('ufw allow 443/tcp'), instead(setting('Validation method: HTTP-01 or DNS-01'))];
    return [createDoctorFinding('port-443-unreachable', { name, message, fixes })];
  });
}
