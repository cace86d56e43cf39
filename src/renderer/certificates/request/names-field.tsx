// The names of the certificate: typed or pasted in any form.
import { Stack, Text, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { Notice } from '../../ui/notice.tsx';
import { addressOf, checkCount, checkTyped, isDnsMethod, TYPED_MS, wildcardOf } from './request-values.ts';
import type { RequestState } from './use-request.ts';

const text = obtainTexts;

export function NamesField({
  request: { project, form, names, method, ca },
}: {
  readonly request: RequestState;
}) {
  const wildcard = wildcardOf(names);
  const address = addressOf(names);
  // Not when the field loses the focus: the error would move the button that is being clicked.
  const [settled] = useDebouncedValue(form.values.names, TYPED_MS);
  const mixed =
    wildcard === undefined || address === undefined ? null : text.wildcardAndAddress(wildcard, address);
  const wrong =
    settled === form.values.names
      ? (checkTyped(settled) ?? mixed ?? checkCount(form.values, names, ca))
      : null;
  return (
    <Stack gap="md">
      {project !== null && (
        <div>
          <Text c="dimmed" fz="sm">
            {text.domain}
          </Text>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {project.domain}
          </Text>
        </div>
      )}
      <Textarea
        label={project === null ? text.names : text.altNames}
        description={text.namesHint}
        autosize
        minRows={project === null ? 2 : 1}
        maxRows={12}
        autoFocus={project === null}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        {...form.getInputProps('names')}
        error={form.errors.names ?? wrong}
      />
      {wildcard !== undefined && address === undefined && form.values.method !== method && (
        <Notice tone="info" role="status">
          {text.wildcard(wildcard)}
        </Notice>
      )}
      {address !== undefined && isDnsMethod(form.values.method) && !isDnsMethod(method) && (
        <Notice tone="info" role="status">
          {text.address(address)}
        </Notice>
      )}
      {address !== undefined && ca?.ipProfile != null && (
        <Notice tone="info" role="status">
          {text.addressProfile(ca.name, ca.ipProfile)}
        </Notice>
      )}
    </Stack>
  );
}
