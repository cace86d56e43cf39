import { expect, test } from 'vitest';
import { messages } from '../../src/renderer/messages.ts';
import { methodName } from '../../src/renderer/projects/method-name.ts';

test('shows the names of DNS providers in filters, not their ids', () => {
  const providers = [{ id: 'aws', name: 'AWS Route 53' }];
  expect(methodName('aws', providers)).toBe('AWS Route 53');
  expect(methodName('http-01', providers)).toBe('HTTP-01');
  expect(methodName('gone', providers)).toBe('gone');
});

test('explains Let’s Encrypt’s use of email addresses for no other CA', () => {
  expect(messages.obtain.emailHint("Let's Encrypt")).toContain("Let's Encrypt");
  for (const ca of ['ZeroSSL', 'ca.example.com:9000', ''])
    expect(messages.obtain.emailHint(ca)).not.toContain('Encrypt');
});

test('does not recommend the file without the key for HAProxy', () => {
  const { fullchain, combined } = messages.certificates.export.hints;
  expect(fullchain).not.toContain('HAProxy');
  expect(combined).toContain('HAProxy');
});
