// DNS credentials.
import { formatCount } from '../format.ts';

export const dns = {
  title: 'DNS credentials',
  description: 'For DNS-01. Kept in the secret store, used by any number of projects, never shown again.',
  new: 'New credential',
  columns: {
    name: 'Name',
    provider: 'Provider',
    usedBy: 'Used by',
    updated: 'Values from',
    actions: 'Actions',
  },
  unused: 'Nobody',
  users: (n: number) => formatCount(n, 'project', 'projects'),
  empty: {
    title: 'No credentials yet',
    text: 'With DNS-01 Certdesk proves a domain by a TXT record that it writes itself: for wildcards, and for names that do not lead to this machine.',
  },
  form: {
    create: 'New DNS credential',
    replace: (name: string) => `New values for ${name}`,
    replaceText: 'They take the place of the old ones: whatever uses this credential goes on with them.',
    name: 'Name',
    nameHint: 'For people, such as Cloudflare of the shop.',
    nameMissing: 'Give it a name, so that it is known later what it is for.',
    provider: 'Provider',
    save: 'Keep',
    test: 'Test credentials',
    hint: 'Values are never shown again; they can be replaced at any time.',
    saved: 'DNS credential kept',
  },
  test: {
    action: (name: string) => `Test ${name}`,
    title: (name: string) => `Test ${name}`,
    text: 'A TXT record named _certdesk-test is written into a zone of the account and removed again.',
    zone: 'Zone',
    zoneHint: 'The first zone of the account where it is left empty.',
    submit: 'Test',
    fine: 'The credentials work',
  },
  replaceAction: (name: string) => `Replace the values of ${name}`,
  remove: {
    action: (name: string) => `Remove ${name}`,
    title: (name: string) => `Remove the DNS credential ${name}?`,
    text: 'Its values are deleted from the secret store. They stay valid at the provider: revoke them there too.',
    inUse: 'These projects use it. Give them another one first: obtain their certificates anew.',
    submit: 'Remove',
    done: 'DNS credential removed',
  },
} as const;
