// How the CA validates the names: HTTP-01 and TLS-ALPN-01 with their reachability, DNS-01 with credentials and their test, or by hand.
import { Radio, Stack } from '@mantine/core';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { ChallengeNotice } from '../challenge-notice.tsx';
import { DnsValidation } from './dns-validation.tsx';
import { Reachability } from './reachability.tsx';
import { METHODS, type Method, validatesWildcards, wildcardOf } from './request-values.ts';
import type { RequestState } from './use-request.ts';

const text = obtainTexts;

export function ValidationFields({ request }: { readonly request: RequestState }) {
  const { form, names, method } = request;
  const wildcard = wildcardOf(names);
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
            const isExcluded = wildcard !== undefined && !validatesWildcards(value);
            return (
              <Radio
                key={value}
                value={value}
                label={text.methodLabels[value]}
                description={isExcluded ? text.notForWildcards(wildcard) : text.methodHints[value]}
                disabled={isExcluded}
              />
            );
          })}
        </Stack>
      </Radio.Group>
      {(method === 'http-01' || method === 'tls-alpn-01') && (
        <>
          <ChallengeNotice type={method} />
          <Reachability key={method} names={names} type={method} live />
        </>
      )}
      {method === 'dns-01' && <DnsValidation request={request} />}
    </Stack>
  );
}
