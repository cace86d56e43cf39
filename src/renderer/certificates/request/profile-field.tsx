// The certificate profile: a list for a built-in CA, loaded when it opens, or a text field for a custom
// directory.
import { Select, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api.ts';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { addressOf } from './request-values.ts';
import type { RequestState } from './use-request.ts';

const text = obtainTexts;

export function ProfileField({ request }: { readonly request: RequestState }) {
  const { form, ca, names } = request;
  const hint = addressOf(names) === undefined ? text.profileHint : text.profileForAddress;
  return (
    <Stack gap="xs">
      {ca === undefined ? (
        <TextInput
          label={text.profile}
          description={hint}
          placeholder={text.profileUsual}
          spellCheck={false}
          {...form.getInputProps('profile')}
        />
      ) : (
        <ProfileSelect request={request} ca={ca.id} hint={hint} />
      )}
      {form.values.profile.trim() !== '' && (
        <Switch
          label={text.profileRequired}
          description={text.profileRequiredHint}
          {...form.getInputProps('profileRequired', { type: 'checkbox' })}
        />
      )}
    </Stack>
  );
}

interface SelectProps {
  readonly request: RequestState;
  readonly ca: string;
  readonly hint: string;
}

function ProfileSelect({ request: { form, names, ca: authority }, ca, hint }: SelectProps) {
  const api = useApi();
  const [looked, setLooked] = useState(false);
  const { profile, staging } = form.values;
  const asked = { ca, staging: staging ? 'true' : 'false' } as const;
  const options = { enabled: looked, staleTime: 600_000, retry: false };
  const { data, isError, isFetching } = useQuery(api.system.caProfiles.queryOptions(asked, options));
  const offered = data?.profiles ?? [];
  const nothing = isError ? text.profilesUnknown : text.profilesNone;
  return (
    <Select
      label={text.profile}
      description={offered.find(({ name }) => name === profile)?.description ?? hint}
      placeholder={(addressOf(names) === undefined ? null : authority?.ipProfile) ?? text.profileUsual}
      data={offered.map(({ name }) => name)}
      nothingFoundMessage={isFetching ? text.profilesAsked : nothing}
      clearable
      onDropdownOpen={() => setLooked(true)}
      {...form.getInputProps('profile')}
      value={profile === '' ? null : profile}
      onChange={(next) => form.setFieldValue('profile', next ?? '')}
    />
  );
}
