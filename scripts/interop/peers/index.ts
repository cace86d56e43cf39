// All peers, in the order of docs/interop.md.
import type { Peer } from '../peer.ts';
import { acmeSh } from './acme-sh.ts';
import { acme2certifier } from './acme2certifier.ts';
import { caddy } from './caddy.ts';
import { djangoCa } from './django-ca.ts';
import { knot } from './knot.ts';
import { moto } from './moto.ts';
import { nginx } from './nginx.ts';
import { powerDns } from './powerdns.ts';
import { prometheus } from './prometheus.ts';
import { stepCa } from './step-ca.ts';

export const PEERS: readonly Peer[] = [
  ...[stepCa, caddy, djangoCa, acme2certifier],
  ...[moto, powerDns, knot, acmeSh],
  ...[prometheus, nginx],
];
