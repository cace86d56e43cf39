// How the CA validates the names: HTTP-01 and TLS-ALPN-01 with their reachability, DNS-01 with credentials and their test, or by hand.
import { Radio, Stack } from '@mantine/core';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { ChallengeNotice } from '../challenge-notice.tsx';
import { DnsValidation } from './dns-validation.tsx';
import { PersistValidation } from './persist-validation.tsx';
import { Reachability } from './reachability.tsx';
import { addressOf, isDnsMethod, METHODS, type Method, wildcardOf } from './request-values.ts';
import type { RequestState } from './use-request.ts';

const text = obtainTexts;

export function ValidationFields({ request }: { readonly request: RequestState }) {
  const { form, names, isTestable, method } = request;
  const wildcard = wildcardOf(names);
  const address = addressOf(names);
  return (
    <Stack gap="lg">
      <Radio.Group
        aria-label={text.validation}
        {...form.getInputProps('method')}
        value={method}
        onChange={(next) => form.setFieldValue('method', next as Method)}
      >
        <Stack gap="sm">
          {METHODS.map((value) => {
            const excluded = excludedBy(value, wildcard, address);
            return (
              <Radio
                key={value}
                value={value}
                label={text.methodLabels[value]}
                description={excluded ?? text.methodHints[value]}
                disabled={excluded !== null}
              />
            );
          })}
        </Stack>
      </Radio.Group>
      {(method === 'http-01' || method === 'tls-alpn-01') && (
        <>
          <ChallengeNotice type={method} />
          {isTestable && <Reachability key={method} names={names} type={method} live />}
        </>
      )}
      {method === 'dns-01' && <DnsValidation request={request} />}
      {method === 'dns-persist-01' && <PersistValidation request={request} />}
    </Stack>
  );
}

/** Why the method is not available for these names; null if it is. */
function excludedBy(
  method: Method,
  wildcard: string | undefined,
  address: string | undefined,
): string | null {
  if (!isDnsMethod(method) && wildcard !== undefined && address === undefined)
    return text.notForWildcards(wildcard);
  return isDnsMethod(method) && address !== undefined ? text.dnsNotForAddresses(address) : null;
}
