// The data of a hostile peer: long runs, deep nesting, many small members, in each format that Certdesk reads.

const repeat = (piece: string, size: number): string =>
  piece.repeat(Math.ceil(size / piece.length)).slice(0, size);

/** Lists in the format of each DNS provider and of ACME, with as many small members as fit. */
function members(size: number): string {
  const each = Math.floor(size / 8);
  const list = (member: string) => `[${repeat(`${member},`, each).replace(/[^}\]"]*$/, '')}]`;
  const any = list('{}');
  return `{"result":${any},"domains":${any},"managedZones":${any},"rrsets":${any},"errors":${any},"identifiers":${any},"authorizations":${list('"x"')},"challenges":${any}}`;
}

/** Lists as the providers document them, with as many members as fit. */
function zones(size: number): string {
  const zone =
    '{"id":"1","name":"a.example","dnsName":"a.example.","domain":"a.example","status":"ACTIVE","type":"TXT","content":"x"}';
  const list = `[${Array.from({ length: Math.floor(size / 4 / zone.length) }, () => zone).join(',')}]`;
  return `{"result":${list},"domains":${list},"managedZones":${list}}`;
}

/** By name; each of the given size in octets. */
export const TEXT_SHAPES: Readonly<Record<string, (size: number) => string>> = {
  'angle brackets': (size) => repeat('<', size),
  blanks: (size) => repeat(' \n', size),
  quotes: (size) => `"${repeat('\\"', size)}`,
  'one long string': (size) => JSON.stringify(repeat('a', size)),
  'nested arrays': (size) => repeat('[', size / 2) + repeat(']', size / 2),
  'nested objects': (size) => `${repeat('{"a":', size - 100)}1`,
  'many small members': members,
  'many unknown keys': (size) =>
    `{${Array.from({ length: Math.floor(size / 12) }, (_, at) => `"k${at}":0`).join(',')}}`,
  'many documented members': zones,
  numbers: (size) => `[${repeat('1,', size)}1]`,
  'one number': (size) => repeat('1', size),
  'nested XML': (size) => `<?xml version="1.0"?>${repeat('<Aa>', size)}`,
  'many XML elements': (size) =>
    `<?xml version="1.0"?><ListHostedZonesResponse><HostedZones>${repeat('<HostedZone/>', size)}</HostedZones></ListHostedZonesResponse>`,
  'XML attributes': (size) => `<?xml version="1.0"?><Aa ${repeat('b="c" ', size)}/>`,
  'XML entities': (size) => `<?xml version="1.0"?><Error><Message>${repeat('&amp;', size)}</Message></Error>`,
  'PEM boundaries': (size) => repeat('-----BEGIN CERTIFICATE-----\n', size),
  'one PEM block': (size) =>
    `-----BEGIN CERTIFICATE-----\n${repeat('MIIC\n', size)}\n-----END CERTIFICATE-----\n`,
};
