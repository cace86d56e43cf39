// The files of a test's BIND: named.conf (BIND 9.18's manual) and its zones (RFC 1035 section 5).
import type { BindOptions, BindZone } from './bind.ts';
import type { BindKey } from './bind-update.ts';

export interface ConfigFacts extends Pick<BindOptions, 'zones' | 'forward' | 'signed' | 'validate'> {
  readonly folder: string;
  readonly address: string;
  readonly port: number;
  readonly keys: readonly BindKey[];
}

export function configFile(facts: ConfigFacts): string {
  const { folder, port, keys, zones, forward = {}, signed = false, validate } = facts;
  const sign = signed ? `dnssec-policy default; key-directory "${folder}"; ` : '';
  const updates = (names: readonly string[]) =>
    `allow-update { ${names.map((key) => `key "${key}"; `).join('')}}; `;
  const root = `${sign}${signed ? updates(keys.map(({ name }) => name)) : ''}`;
  const allowed = (zone: BindZone) => zone.allow ?? keys.map(({ name }) => name);
  return [
    'options {',
    `  directory "${folder}"; pid-file "${folder}/named.pid"; session-keyfile "${folder}/session.key";`,
    `  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };`,
    '  recursion yes; allow-recursion { any; }; allow-query { any; }; allow-query-cache { any; };',
    ...validationOf(validate),
    '  empty-zones-enable no; notify no; max-ncache-ttl 1; minimal-responses no;',
    '};',
    'controls { };',
    ...anchorsOf(validate),
    ...keys.map((key) => `key "${key.name}" { algorithm ${key.algorithm}; secret "${key.secret}"; };`),
    ...(validate === undefined ? [`zone "." { type primary; file "zones/root"; ${root}};`] : []),
    ...zones.map((zone) =>
      zone.signatures === undefined
        ? `zone "${zone.name}" { type primary; file "zones/${zone.name}"; ${sign}${updates(allowed(zone))}};`
        : `zone "${zone.name}" { type primary; file "zones/${zone.name}.signed"; };`,
    ),
    ...Object.entries(forward).map(([zone, server]) => {
      const [host, serverPort] = server.split(':');
      return `zone "${zone}" { type forward; forward only; forwarders { ${host} port ${serverPort}; }; };`;
    }),
    '',
  ].join('\n');
}

/** A cache of a second, so that a change of the upstream counts at once. */
function validationOf(validate: ConfigFacts['validate']): readonly string[] {
  if (validate === undefined) return ['  dnssec-validation no;'];
  const [host, port] = validate.upstream.split(':');
  return [
    `  forwarders { ${host} port ${port}; }; forward only; max-cache-ttl 1; servfail-ttl 0;`,
    '  dnssec-validation yes;',
  ];
}

function anchorsOf(validate: ConfigFacts['validate']): readonly string[] {
  if (validate === undefined) return [];
  const [tag, algorithm, type, digest] = validate.anchor.split(' ');
  return [`trust-anchors { "." static-ds ${tag} ${algorithm} ${type} "${digest}"; };`];
}

const SOA = (origin: string) => `@ 1 IN SOA ns1.${origin} hostmaster.${origin} 1 60 60 3600 1`;

export function zoneFile(zone: BindZone, address: string): string {
  const servers = zone.nameServers ?? [address];
  return [
    '$TTL 1',
    `$ORIGIN ${zone.name}.`,
    SOA(`${zone.name}.`),
    ...servers.flatMap((server, index) => [`@ NS ns${index + 1}`, `ns${index + 1} A ${server}`]),
    '@ A 127.0.0.1',
    ...(zone.bare ? [] : ['* A 127.0.0.1']),
    ...(zone.records ?? []),
    '',
  ].join('\n');
}

/** Delegates to the zones of this server without another parent here; other names resolve to 127.0.0.1. */
export function rootFile(
  zones: readonly BindZone[],
  address: string,
  forward: Readonly<Record<string, string>>,
): string {
  const names = zones.map(({ name }) => name);
  const top = (name: string) => !names.some((other) => name.endsWith(`.${other}`));
  const elsewhere = Object.entries(forward).filter(([name]) => top(name));
  return [
    '$TTL 1',
    '$ORIGIN .',
    SOA(''),
    '@ NS ns1.',
    `ns1. A ${address}`,
    '*. A 127.0.0.1',
    ...names.filter(top).flatMap((name) => [`${name}. NS ns1.${name}.`, `ns1.${name}. A ${address}`]),
    ...elsewhere.flatMap(([name, server]) => [
      `${name}. NS ns1.${name}.`,
      `ns1.${name}. A ${server.split(':')[0]}`,
    ]),
    '',
  ].join('\n');
}
