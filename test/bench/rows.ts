// What npm run bench measures: one entry per row of the table, each with its target. The results go into the file
// unabridged.
import { deploy, fleet, rollout } from './deployment-rows.ts';
import { measureDns } from './dns-row.ts';
import { measureEndpoints, type Usage } from './endpoints-row.ts';
import { measureIssuance } from './issuance-rows.ts';
import { measureMany } from './many-row.ts';
import type { Times } from './measure.ts';
import type { KeyType, Peer } from './peers.ts';
import { countRequests } from './requests-row.ts';
import { fastest, ms, peersText, type Row, timesText } from './table.ts';

export interface Measured {
  readonly rows: readonly Row[];
  /** For bench/results.json. */
  readonly result: unknown;
}

export interface BenchContext {
  readonly peers: readonly Peer[];
  readonly turns: number;
  /** The results of earlier rows. */
  readonly found: Map<string, number>;
}

export type Bench = (context: BenchContext) => Promise<Measured>;

const KEY_NAMES: Readonly<Record<KeyType, string>> = { ec: 'EC P-256', rsa: 'RSA 2048' };

/** How much longer Certdesk may take than the bare exchange, which also generates its key meanwhile. */
const TO_BARE: Readonly<Record<KeyType, number>> = { ec: 2.2, rsa: 1.5 };

const one =
  (keyType: KeyType): Bench =>
  async ({ peers, turns, found }) => {
    const result = await measureIssuance({ keyType, peers, turns, bare: true });
    const { certdesk, bare } = result;
    if (bare === null) throw new Error('the bare exchange was not measured');
    const best = fastest(result.peers);
    found.set(`peer, ${keyType}`, best);
    const work = `one certificate, ${KEY_NAMES[keyType]}, HTTP-01`;
    const [toPeer, toBare] = [best / certdesk.medianMs, certdesk.medianMs / bare.medianMs];
    const isAimedAt = keyType === 'ec'; // an RSA key takes longer than the exchange, for all of them
    const rows = [
      {
        work,
        measured: `${timesText(certdesk)}: ${toPeer.toFixed(1)} times faster`,
        beside: peersText(result.peers),
        target: isAimedAt ? '20 times faster than the fastest peer' : '',
        met: isAimedAt ? toPeer >= 20 : null,
      },
      {
        work,
        measured: `${timesText(certdesk)}: ${toBare.toFixed(2)} times`,
        beside: `bare exchange ${timesText(bare)}`,
        target: `within ${TO_BARE[keyType]} times`,
        met: toBare <= TO_BARE[keyType],
      },
    ];
    return { rows, result };
  };

const asItComes: Bench = async ({ peers, turns }) => {
  const world = { pebble: { env: { PEBBLE_VA_NOSLEEP: '' }, nonceReject: 5 } };
  const result = await measureIssuance({ keyType: 'ec', peers, turns, bare: false, world });
  const best = fastest(result.peers);
  const row = {
    work: "the same (EC) with Pebble's own sleeps and bad nonces",
    measured: timesText(result.certdesk),
    beside: peersText(result.peers),
    target: 'as fast as the fastest peer',
    met: result.certdesk.medianMs <= best,
  };
  return { rows: [row], result };
};

const dns: Bench = async ({ peers, turns }) => {
  const result = await measureDns(peers, turns);
  const ratio = fastest(result.peers) / result.certdesk.medianMs;
  const row = {
    work: 'dns-01 by RFC 2136 against BIND',
    measured: `${timesText(result.certdesk)}: ${ratio.toFixed(1)} times faster`,
    beside: [peersText(result.peers), ...result.left].join('; '),
    target: '5 times faster than the fastest peer',
    met: ratio >= 5,
  };
  return { rows: [row], result };
};

const MANY = 200;

const many: Bench = async ({ found }) => {
  const result = await measureMany(MANY);
  const peer = (found.get('peer, ec') ?? Number.NaN) * MANY; // the same type of key
  const ratio = peer / result.totalMs;
  const row = {
    work: `${MANY} certificates, 10 concurrently`,
    measured: `${ms(result.totalMs)} ms, ${ms(result.eachMs)} ms each, ${ms(result.cpuMsEach)} ms of CPU each: ${ratio.toFixed(0)} times`,
    beside: `the fastest peer's median times ${MANY}: ${ms(peer)} ms`,
    target: '50 times',
    met: ratio >= 50,
  };
  const memory = {
    work: `memory during ${MANY} issuances`,
    measured: `${Math.round(result.peakRssMb)} MB at most`,
    beside: '',
    target: 'under 250 MB',
    met: result.peakRssMb < 250,
  };
  return { rows: [row, memory], result };
};

const requests: Bench = async ({ peers }) => {
  const result = await countRequests(peers);
  const { certdesk = Number.NaN, ...others } = result.counts;
  const row = {
    work: 'requests to the CA for one certificate, after the account exists',
    measured: String(certdesk),
    beside: Object.entries(others)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
    target: '8 or fewer',
    met: certdesk <= 8,
  };
  return { rows: [row], result };
};

const ENDPOINTS = 1_000;

const endpoints: Bench = async ({ turns }) => {
  const result = await measureEndpoints(ENDPOINTS, turns);
  const { certdesk, blackbox, bare, probes } = result;
  const each = ({ medianMs }: Times) => `${(medianMs / probes).toFixed(2)} ms per probe`;
  const cpu = ({ cpuMsPerProbe }: Usage) => `${cpuMsPerProbe.toFixed(2)} ms of CPU`;
  const toPeer = certdesk.medianMs / (blackbox?.medianMs ?? Number.NaN);
  const toBare = certdesk.medianMs / bare.medianMs;
  const addedMb = certdesk.peakMb - certdesk.idleMb;
  const work = `one check of ${ENDPOINTS} endpoints with two addresses each`;
  const rows = [
    {
      work,
      measured: `${timesText(certdesk)}, ${each(certdesk)}, ${cpu(certdesk)}: ${toPeer.toFixed(2)} times`,
      beside:
        blackbox === null
          ? 'blackbox_exporter is not installed'
          : `blackbox_exporter ${blackbox.version} ${timesText(blackbox)}, ${each(blackbox)}, ${cpu(blackbox)}`,
      target: 'no slower than blackbox_exporter',
      met: toPeer <= 1,
    },
    {
      work: 'the same',
      measured: `${each(certdesk)}: ${toBare.toFixed(2)} times`,
      beside: `as many handshakes one after another ${timesText(bare)}, ${each(bare)}`,
      target: 'within 3 times, with the checks of the chain and a commit for each endpoint',
      met: toBare <= 3,
    },
    {
      work: `memory that checks of ${ENDPOINTS} endpoints add`,
      measured: `${Math.round(addedMb)} MB at most, ${Math.round(certdesk.peakMb)} MB in all`,
      beside: blackbox === null ? '' : `blackbox_exporter ${Math.round(blackbox.peakMb)} MB in all`,
      target: 'under 200 MB',
      met: addedMb < 200,
    },
  ];
  return { rows, result };
};

/** By name, in this order; names may be passed to npm run bench. */
export const BENCHES: Readonly<Record<string, Bench>> = {
  ec: one('ec'),
  rsa: one('rsa'),
  sleeps: asItComes,
  dns,
  many,
  requests,
  endpoints,
  deploy,
  fleet,
  rollout,
};
