import { expect, test } from 'vitest';
import { messages } from '../../src/renderer/messages.ts';
import { methodName } from '../../src/renderer/projects/method-name.ts';

test('filters show the names of DNS providers, not their ids', () => {
  const providers = [{ id: 'aws', name: 'AWS Route 53' }];
  expect(methodName('aws', providers)).toBe('AWS Route 53');
  expect(methodName('http-01', providers)).toBe('HTTP-01');
  expect(methodName('gone', providers)).toBe('gone');
});

test('what Let’s Encrypt does with addresses is said of no other CA', () => {
  expect(messages.obtain.emailHint("Let's Encrypt")).toContain("Let's Encrypt");
  for (const ca of ['ZeroSSL', 'ca.example.com:9000', ''])
    expect(messages.obtain.emailHint(ca)).not.toContain('Encrypt');
});

test('the file without the key is not recommended for HAProxy', () => {
  const { fullchain } = messages.certificates.export.hints;
  expect(fullchain).toMatch(/HAProxy needs the private key in the same file/);
});
