// The wizard's first step: the names of the certificate.
import { Stack, TagsInput, Text } from '@mantine/core';
import { messages } from '../../messages.ts';
import { Notice } from '../../ui/notice.tsx';
import { namesOf, wildcardOf } from '../obtain-values.ts';
import type { Obtain } from './use-obtain.ts';

const text = messages.obtain;

export function NamesStep({ obtain: { project, form } }: { readonly obtain: Obtain }) {
  const wildcard = wildcardOf(namesOf(project, form.values));
  return (
    <Stack gap="md">
      <div>
        <Text c="dimmed" fz="sm">
          {text.domain}
        </Text>
        <Text fw={600}>{project.domain}</Text>
      </div>
      <TagsInput
        label={text.altNames}
        description={text.namesHint}
        splitChars={[',', ' ', ';']}
        acceptValueOnBlur
        {...form.getInputProps('altNames')}
        onChange={(altNames) => {
          const needsDns = wildcardOf([project.domain ?? '', ...altNames]) !== undefined;
          form.setValues({ altNames, ...(needsDns ? { challengeType: 'dns-01' as const } : {}) });
          form.clearFieldError('altNames');
        }}
      />
      {wildcard !== undefined && (
        <Notice tone="info" role="status">
          {text.wildcard(wildcard)}
        </Notice>
      )}
    </Stack>
  );
}
