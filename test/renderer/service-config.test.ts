// The lines that the deploy page shows for the configuration of a service, from what the recipes really install.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { expandRecipe, listRecipes } from '../../src/main/engine/deploy/recipes/index.ts';
import { configOfService } from '../../src/renderer/deployments/service-config.ts';
import { secretsOf } from '../support/deploy/recipe-page.ts';

const DOMAIN = 'shop.example.com';
const NAMES = [DOMAIN, `www.${DOMAIN}`];
const partsOf = (id: string, options: Record<string, string> = {}) => {
  const { fields = [] } = listRecipes().find((recipe) => recipe.id === id) ?? {};
  return expandRecipe(id, { ...secretsOf(fields), ...options }, DOMAIN);
};

describe('the configuration of a service on the deploy page', () => {
  // OpenLDAP has its configuration in a database, which the recipe changes.
  const services = listRecipes().filter(({ id }) => id !== 'slapd');

  it.each(services)(
    'names every file that the recipe of $name installs, as its page in the docs does',
    async ({ id }) => {
      const parts = partsOf(id);
      const found = configOfService(id, NAMES, parts);
      for (const { path } of parts.files) expect(found?.config).toContain(path);
      expect(found?.folders).toEqual([parts.files[0]?.path.replace(/\/[^/]+$/, '')]);
      const page = await readFile(`docs/recipes/${id}.md`, 'utf8');
      const lines = found?.config.split('\n').filter((line) => line.includes(DOMAIN) && line.includes('/'));
      expect(lines).not.toEqual([]);
      for (const line of lines ?? []) expect(page).toContain(line.trim().replace(/^#/, ''));
    },
  );

  it('has the paths, the port and the names that were entered', () => {
    const options = { certificate: '/srv/tls/a.pem', key: '/srv/keys/a.key', port: '8443' };
    expect(configOfService('nginx', NAMES, partsOf('nginx', options))).toMatchObject({
      folders: ['/srv/tls', '/srv/keys'],
      config: expect.stringMatching(
        /listen 8443 ssl;\s+server_name shop\.example\.com www\.shop\.example\.com;\s+ssl_certificate +\/srv\/tls\/a\.pem;\s+ssl_certificate_key \/srv\/keys\/a\.key;/,
      ),
    });
  });

  it('is absent for OpenLDAP, for unknown services, and without a private key', () => {
    expect(configOfService('slapd', NAMES, partsOf('slapd'))).toBeNull();
    expect(configOfService('files', NAMES, partsOf('nginx'))).toBeNull();
    const files = [{ content: 'fullchain', path: '/etc/a.pem' }] as const;
    expect(configOfService('nginx', NAMES, { files, verify: null })).toBeNull();
  });
});
