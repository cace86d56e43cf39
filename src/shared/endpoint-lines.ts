// Reads pasted lines or a CSV file of endpoints. Pure; the page shows a preview with it.
import { DEFAULT_PORTS, PROTOCOLS, type Protocol, usualProtocol } from './endpoint.ts';
import { toIpAddress } from './ip-address.ts';
import { toDnsName } from './names.ts';

export interface EndpointLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly endpoint: EndpointOfLine | null;
  /** Why the line is invalid, as a sentence; null if it is valid. */
  readonly error: string | null;
}

export interface EndpointOfLine {
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** Undefined: the host. */
  readonly serverName: string | undefined;
  /** ID, name or domain of a project; null if the line names none. */
  readonly project: string | null;
}

export const MAX_LINES = 10_000;
const COLUMNS = ['host', 'port', 'protocol', 'servername', 'project'] as const;
type Column = (typeof COLUMNS)[number];

/** Empty lines and lines that begin with # are skipped. The first line may be a CSV header. */
export function readEndpointLines(text: string): readonly EndpointLine[] {
  const rows = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, at) => ({ line: at + 1, text: line.trim() }))
    .filter(({ text: line }) => line !== '' && !line.startsWith('#'));
  const columns = headerOf(rows[0]?.text);
  const lines = columns === null ? rows : rows.slice(1);
  return lines.map((row, at) => {
    if (at >= MAX_LINES) return { ...row, endpoint: null, error: `There are more than ${MAX_LINES} lines.` };
    const fields = columns === null ? splitPlain(row.text) : byHeader(columns, row.text);
    const read = findFault(row.text, columns !== null) ?? readFields(fields);
    return typeof read === 'string'
      ? { ...row, endpoint: null, error: read }
      : { ...row, endpoint: read, error: null };
  });
}

type Fields = Partial<Record<Column, string>>;

function headerOf(line: string | undefined): readonly (Column | null)[] | null {
  const cells = splitCells(line ?? '').map((cell) => cell.toLowerCase().replace(/[ _-]/g, ''));
  if (!cells.includes('host')) return null;
  return cells.map((cell) => COLUMNS.find((column) => column === cell) ?? null);
}

function byHeader(columns: readonly (Column | null)[], text: string): Fields {
  const cells = splitCells(text);
  return Object.fromEntries(
    columns.flatMap((column, at) =>
      column === null || (cells[at] ?? '') === '' ? [] : [[column, cells[at]]],
    ),
  );
}

/** `HOST`, `HOST:PORT`, `PROTOCOL://HOST:PORT`, or the cells of a header's order. */
function splitPlain(text: string): Fields {
  const [first = '', ...rest] = splitCells(text);
  const scheme = /^([a-z][a-z0-9+-]*):\/\//i.exec(first)?.[1]?.toLowerCase();
  const place = scheme === undefined ? first : (first.slice(scheme.length + 3).split(/[/?#]/, 1)[0] ?? '');
  const { host, port } = splitPort(place);
  const [cellPort, ...others] = /^\d+$/.test(rest[0] ?? '') || rest[0] === '' ? rest : ['', ...rest];
  const [protocol, servername, project] = others;
  return clean({
    host,
    port: port ?? cellPort,
    protocol: scheme === undefined ? protocol : scheme === 'https' ? (protocol ?? 'tls') : scheme,
    servername,
    project,
  });
}

const clean = (fields: Readonly<Record<Column, string | undefined>>): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));

/** An IPv6 address with a port is in brackets. */
function splitPort(place: string): { readonly host: string; readonly port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(place);
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: bracketed[2] };
  const parts = place.split(':');
  if (parts.length === 2) return { host: parts[0] ?? '', port: parts[1] };
  return { host: place, port: undefined };
}

/** Cells may be quoted (RFC 4180). Semicolons and tabs are separators, too, as spreadsheets write them. */
function splitCells(text: string): readonly string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && /[,;\t]/.test(character)) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...cells, cell.trim()];
}

/** @returns a sentence; null if the line has none of these faults */
function findFault(text: string, isCsv: boolean): string | null {
  // A quotation mark in a quoted cell is written twice.
  if (text.split('"').length % 2 === 0)
    return 'A quotation mark is not closed. Each endpoint has a line of its own.';
  const [, address = '', port = ''] = IPV6_AND_PORT.exec(text) ?? [];
  if (isCsv || toIpAddress(text) === null || toIpAddress(address) === null) return null;
  return `${text} is an address, or an address and a port. Enter [${text}] or [${address}]:${port}.`;
}

/** `2001:db8::1:443` is an address, but hardly ever meant as one. */
const IPV6_AND_PORT = /^(.+):(\d{2,5})$/;

/** The protocol, if none is given, is the usual one of the port, as in `certdesk check`. */
function readFields({ host = '', port, protocol, servername, project }: Fields): EndpointOfLine | string {
  const given = port === undefined ? undefined : /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
  const known =
    protocol === undefined ? usualProtocol(given) : PROTOCOLS.find((each) => each === protocol.toLowerCase());
  if (known === undefined) return `The protocol ${protocol} is unknown. Use ${PROTOCOLS.join(', ')}.`;
  const name = readHost(host);
  if (name === null) return `${host || 'The line'} is neither a host name nor an IP address.`;
  const number = given ?? DEFAULT_PORTS[known];
  if (!(number >= 1 && number <= 65_535)) return `The port ${port} is not a number from 1 to 65535.`;
  const serverName = servername === undefined ? undefined : readHost(servername);
  if (serverName === null) return `The server name ${servername} is not a host name.`;
  return { host: name, port: number, protocol: known, serverName, project: project ?? null };
}

/** A host name without a wildcard, or an IP address. */
function readHost(text: string): string | null {
  const address = toIpAddress(text);
  if (address !== null) return address;
  const name = toDnsName(text);
  return name === null || name.startsWith('*.') ? null : name;
}
