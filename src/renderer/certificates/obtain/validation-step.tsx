// The validation step of the wizard: HTTP-01 with a reachability test, or DNS-01 with credentials and their test.
import { Radio, Stack } from '@mantine/core';
import { messages } from '../../messages.ts';
import { ChallengeNotice } from '../challenge-notice.tsx';
import { namesOf, wildcardOf } from '../obtain-values.ts';
import { DnsValidation } from './dns-validation.tsx';
import { Reachability } from './reachability.tsx';
import type { Obtain } from './use-obtain.ts';

const text = messages.obtain;

export function ValidationStep({ obtain }: { readonly obtain: Obtain }) {
  const { form, project } = obtain;
  const names = namesOf(project, form.values);
  const wildcard = wildcardOf(names);
  return (
    <Stack gap="lg">
      <Radio.Group aria-label={text.validation} {...form.getInputProps('challengeType')}>
        <Stack gap="sm">
          <Radio
            value="http-01"
            label={text.http}
            description={wildcard === undefined ? text.httpHint : text.httpNotForWildcards(wildcard)}
            disabled={wildcard !== undefined}
          />
          <Radio value="dns-01" label={text.dns} description={text.dnsHint} />
        </Stack>
      </Radio.Group>
      {form.values.challengeType === 'dns-01' ? (
        <DnsValidation obtain={obtain} />
      ) : (
        wildcard === undefined && (
          <>
            <ChallengeNotice />
            <Reachability key={names.join()} id={project.id} names={names} />
          </>
        )
      )}
    </Stack>
  );
}
