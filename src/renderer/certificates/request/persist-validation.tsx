// The dns-persist-01 part of the form: who creates the record, and what it binds.
import { Select, Stack } from '@mantine/core';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { Notice } from '../../ui/notice.tsx';
import { isSavedSource } from './request-values.ts';
import type { RequestState } from './use-request.ts';

const text = obtainTexts.persist;

export function PersistValidation({ request }: { readonly request: RequestState }) {
  const { form, saved, providers } = request;
  const nameOf = (id: string): string => providers.find((each) => each.id === id)?.name ?? id;
  const sources = [
    { value: 'new', label: text.byHand },
    ...saved.map(({ id, name, provider }) => ({
      value: id,
      label: obtainTexts.credentialName(name, nameOf(provider)),
    })),
  ];
  const { source } = form.values;
  return (
    <Stack gap="md">
      {sources.length > 1 && (
        <Select
          label={text.source}
          allowDeselect={false}
          data={sources}
          value={isSavedSource(source) ? source : 'new'}
          onChange={(next) => form.setFieldValue('source', next ?? 'new')}
        />
      )}
      <Notice tone="info" title={text.title}>
        {text.account}
      </Notice>
    </Stack>
  );
}
