// docs/certificate-authorities.md has the capabilities of every CA (CERTDESK_WRITE_DOCS=1 rewrites its table).
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CAPABILITIES } from '../src/main/engine/acme/capabilities.ts';
import { CERTIFICATE_AUTHORITIES, type CertificateAuthority } from '../src/main/engine/acme/directories.ts';
import type { CaCapabilities } from '../src/shared/ca-capabilities.ts';

const FILE = new URL('../docs/certificate-authorities.md', import.meta.url);
const TABLE = /(?<=<!-- capabilities: generated -->\n\n).*?(?=\n*<!-- capabilities: end -->)/s;
const HEAD =
  '| CA | names | wildcards | lifetime | EAB | ARI | key rollover | IP | profiles | notes | source |\n|---|---|---|---|---|---|---|---|---|---|---|';

const yes = (value: boolean): string => (value ? 'yes' : 'no');
const lifetime = (hours: number): string => (hours % 24 === 0 ? `${hours / 24} d` : `${hours} h`);

function rowOf({ name, needsEab, ipProfile }: CertificateAuthority, of: CaCapabilities): string {
  const { min, max } = of.lifetimeHours;
  const ip = {
    no: 'no',
    on_request: 'on request',
    profile: `with the profile \`${ipProfile}\``,
  }[of.ipAddresses];
  const profiles = of.profiles.map(
    (each) => `\`${each.name}\` (${each.maxNames} names, ${lifetime(each.lifetimeHours)})`,
  );
  const cells = [
    name,
    of.onlyWww ? 'one, and its www form' : String(of.maxNames),
    yes(of.wildcards),
    min === max ? lifetime(max) : `${lifetime(min)} to ${lifetime(max)}`,
    yes(needsEab),
    yes(of.ari),
    yes(of.keyRollover),
    ip,
    profiles.join(', ') || 'no',
    of.note ?? '',
    `[${new URL(of.source).host}](${of.source}), ${of.checkedAt}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

it('docs/certificate-authorities.md has the capabilities of every built-in CA', () => {
  const rows = CERTIFICATE_AUTHORITIES.map((ca) => {
    const capabilities = CAPABILITIES[ca.id];
    expect(capabilities, `capabilities of ${ca.id}`).toBeDefined();
    return capabilities === undefined ? '' : rowOf(ca, capabilities);
  });
  const table = [HEAD, ...rows].join('\n');
  if (process.env.CERTDESK_WRITE_DOCS === '1') {
    const page = readFileSync(FILE, 'utf8');
    writeFileSync(
      FILE,
      page.replace(TABLE, () => table).replace(/\n*(<!-- capabilities: end -->)/, '\n\n$1'),
    );
  }
  const [found] = TABLE.exec(readFileSync(FILE, 'utf8')) ?? [];
  expect(found, 'run this test with CERTDESK_WRITE_DOCS=1 and check the difference').toBe(table);
});
