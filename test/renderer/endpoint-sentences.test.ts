// The sentence about an endpoint's problem below its name.
import { expect, it } from 'vitest';
import { withoutName } from '../../src/renderer/endpoints/sentences.ts';

it.each([
  ['mail.example.com:25 still presents the old certificate.', 'Still presents the old certificate.'],
  ['mail.example.com:25: The CA revoked the certificate.', 'The CA revoked the certificate.'],
  ['mail.example.com has no address.', 'mail.example.com has no address.'],
  ['Certdesk cannot see mail.example.com:25.', 'Certdesk cannot see mail.example.com:25.'],
])('%s is shortened to %s', (sentence, short) => {
  expect(withoutName(sentence, 'mail.example.com:25')).toBe(short);
});
