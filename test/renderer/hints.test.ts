import { expect, test } from 'vitest';
import { certificates as certificateTexts } from '../../src/renderer/messages/certificates.ts';
import { obtain as obtainTexts } from '../../src/renderer/messages/obtain.ts';
import { methodName } from '../../src/renderer/projects/method-name.ts';

test('shows the names of DNS providers in filters, not their ids', () => {
  const providers = [{ id: 'aws', name: 'AWS Route 53' }];
  expect(methodName('aws', providers)).toBe('AWS Route 53');
  expect(methodName('http-01', providers)).toBe('HTTP-01');
  expect(methodName('gone', providers)).toBe('gone');
});

test('explains Let’s Encrypt’s use of email addresses for no other CA', () => {
  expect(obtainTexts.emailHint("Let's Encrypt")).toContain("Let's Encrypt");
  for (const ca of ['ZeroSSL', 'ca.example.com:9000', ''])
    expect(obtainTexts.emailHint(ca)).not.toContain('Encrypt');
});

test('does not recommend the file without the key for HAProxy', () => {
  const { fullchain, combined } = certificateTexts.export.hints;
  expect(fullchain).not.toContain('HAProxy');
  expect(combined).toContain('HAProxy');
});
