// The dns-persist-01 part of the form: who creates the record, and what it binds.
import { Group, Loader, Select, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useApiClient } from '../../api.ts';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { persistTexts } from '../../messages/persist.ts';
import { PersistRecordsView } from '../../projects/persist-records-view.tsx';
import { FailureNotice } from '../../ui/failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { isSavedSource, OTHER_CA, TYPED_MS } from './request-values.ts';
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
      <PersistPreview request={request} />
    </Stack>
  );
}

/** The records of the request as it is typed now. */
function PersistPreview({ request: { form, names } }: { readonly request: RequestState }) {
  const client = useApiClient();
  const cache = useQueryClient();
  const { ca, caUrl, staging, email } = form.values;
  const body = {
    names,
    ca: ca === OTHER_CA ? caUrl.trim() : ca,
    staging,
    ...(email.trim() === '' ? {} : { email: email.trim() }),
  };
  const typed = JSON.stringify(body);
  const [settled] = useDebouncedValue(typed, TYPED_MS);
  const preview = useQuery({
    queryKey: ['persist-records', settled],
    queryFn: ({ signal }) => client.persistRecords.preview.mutate({ body: JSON.parse(settled) }, { signal }),
    enabled: names.length > 0 && body.ca !== '' && settled === typed,
    retry: false,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const register = async (): Promise<void> => {
    const report = await client.persistRecords.prepare.mutate({ body: { ...body, names: [...names] } });
    cache.setQueryData(['persist-records', typed], report);
  };
  if (names.length === 0) return null;
  return (
    <Stack gap="sm">
      <Text fw={600}>{persistTexts.preview}</Text>
      {(preview.isFetching || settled !== typed) && (
        <Group gap="xs" wrap="nowrap" role="status">
          <Loader size="xs" aria-hidden />
          <Text c="dimmed">{persistTexts.reading}</Text>
        </Group>
      )}
      {preview.error !== null && <FailureNotice error={preview.error} />}
      {preview.data !== undefined && settled === typed && (
        <PersistRecordsView report={preview.data} isPreview onRegister={register} />
      )}
    </Stack>
  );
}
