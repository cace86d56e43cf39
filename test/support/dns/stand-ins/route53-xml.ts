// The XML of Route 53, as far as its stand-in needs it.

export interface RecordSet {
  /** Lower case, no trailing dot. */
  readonly name: string;
  readonly ttl: number;
  /** As in the API, with quotes. */
  readonly values: readonly string[];
}

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

const VALUE = /<ResourceRecord><Value>([^<]*)<\/Value><\/ResourceRecord>/;
const CHANGE = new RegExp(
  '<Change><Action>(CREATE|DELETE|UPSERT)</Action><ResourceRecordSet>' +
    '<Name>([^<]+)</Name><Type>TXT</Type><TTL>(\\d+)</TTL>' +
    `<ResourceRecords>((?:${VALUE.source.replace('([^<]*)', '[^<]*')})+)</ResourceRecords>` +
    '</ResourceRecordSet></Change>',
);

/** The changes of TXT record sets, or null if the body is not such a request. */
export function changeBatch(
  body: string,
): readonly { readonly action: string; readonly set: RecordSet }[] | null {
  const request = new RegExp(
    `^(?:<\\?xml[^>]*\\?>)?\\s*<ChangeResourceRecordSetsRequest xmlns="${NAMESPACE}"><ChangeBatch>` +
      '(?:<Comment>[^<]*</Comment>)?<Changes>(.+)</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>$',
    's',
  );
  const changes = request.exec(body)?.[1];
  if (changes === undefined || changes.replace(new RegExp(CHANGE, 'g'), '') !== '') return null;
  return [...changes.matchAll(new RegExp(CHANGE, 'g'))].map(
    ([, action = '', name = '', ttl, values = '']) => ({
      action,
      set: {
        name: unescapeXml(name).toLowerCase().replace(/\.$/, ''),
        ttl: Number(ttl),
        values: [...values.matchAll(new RegExp(VALUE, 'g'))].map(([, value = '']) => unescapeXml(value)),
      },
    }),
  );
}

export function xml(root: string, content: object): string {
  return `<?xml version="1.0"?>\n<${root} xmlns="${NAMESPACE}">${elements(content)}</${root}>`;
}

function elements(content: unknown): string {
  if (Array.isArray(content)) return content.map(elements).join('');
  if (typeof content !== 'object' || content === null) return escapeXml(String(content));
  return Object.entries(content)
    .map(([name, value]) => `<${name}>${elements(value)}</${name}>`)
    .join('');
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function unescapeXml(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return decimal === undefined ? (named[name] ?? whole) : String.fromCharCode(Number(decimal));
  });
}
