// The collapsed part of the form: CA, external account binding, key, profile, chain, staging and renewal, and the name and tags of
// a new project.
import { PasswordInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { explainUnfit } from '../../../shared/ca-capabilities.ts';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { tags as tagTexts } from '../../messages/tags.ts';
import { TagField } from '../../tags/tag-field.tsx';
import { useProjectTags } from '../../tags/use-project-tags.ts';
import { ProfileField } from './profile-field.tsx';
import { KEYS, OTHER_CA } from './request-values.ts';
import type { Ca, RequestState } from './use-request.ts';

const text = obtainTexts;

export function AdvancedFields({ request }: { readonly request: RequestState }) {
  const { form, cas, ca, project, names } = request;
  const other = form.values.ca === OTHER_CA;
  const changed = (field: 'key' | 'ca'): string | undefined => {
    const change = request.changes.find((each) => each.field === field);
    return change === undefined ? undefined : text.changedFrom(change.before);
  };
  const noStaging = !other && ca?.stagingUrl === null;
  const isUnfit = (each: Ca): boolean => names.length > 0 && explainUnfit(each, names, null) !== null;
  const unfit = cas.filter(isUnfit).map(({ name }) => name);
  const choices = [
    ...cas.map((each) => ({
      value: each.id,
      label: each.name,
      disabled: each.id !== form.values.ca && isUnfit(each),
    })),
    { value: OTHER_CA, label: text.otherCa },
  ];
  return (
    <Stack gap="md">
      <Select
        label={text.ca}
        allowDeselect={false}
        data={choices}
        description={changed('ca') ?? (unfit.length === 0 ? undefined : text.caUnfit(unfit))}
        {...form.getInputProps('ca')}
        onChange={(next) => {
          const gone = cas.find(({ id }) => id === next)?.stagingUrl === null;
          form.setValues({
            ca: next ?? '',
            profile: '',
            preferredChain: '',
            ...(gone ? { staging: false } : {}),
          });
          form.clearErrors();
        }}
      />
      {other && (
        <TextInput
          label={text.caUrl}
          description={text.caUrlHint}
          type="url"
          spellCheck={false}
          withAsterisk
          {...form.getInputProps('caUrl')}
        />
      )}
      {(other || ca?.needsEab === true) && <ExternalAccount request={request} />}
      <Select
        label={text.keyType}
        allowDeselect={false}
        data={KEYS.map((value) => ({ value, label: text.keys[value] }))}
        description={changed('key')}
        {...form.getInputProps('key')}
      />
      <ProfileField request={request} />
      <TextInput
        label={text.preferredChain}
        description={text.preferredChainHint}
        placeholder={text.profileUsual}
        spellCheck={false}
        autoComplete="off"
        {...form.getInputProps('preferredChain')}
      />
      <TextInput
        label={text.email}
        description={text.emailHint(ca?.name ?? '')}
        type="email"
        autoComplete="email"
        {...form.getInputProps('email')}
      />
      <Switch label={text.autoRenew} {...form.getInputProps('autoRenew', { type: 'checkbox' })} />
      <Switch
        label={text.staging}
        description={noStaging ? text.noStaging : undefined}
        disabled={noStaging}
        {...form.getInputProps('staging', { type: 'checkbox' })}
      />
      {project === null && (
        <TextInput
          label={text.projectName}
          description={text.projectNameHint}
          placeholder={names[0]}
          autoComplete="off"
          {...form.getInputProps('projectName')}
        />
      )}
      {project === null && <Tags request={request} />}
    </Stack>
  );
}

function Tags({ request: { form } }: { readonly request: RequestState }) {
  const known = useProjectTags().map(({ id }) => id);
  return (
    <TagField
      label={tagTexts.label}
      description={tagTexts.hint}
      known={known}
      value={form.values.tags}
      error={form.errors.tags}
      onChange={(tags) => form.setFieldValue('tags', tags)}
    />
  );
}

function ExternalAccount({ request: { form, ca } }: { readonly request: RequestState }) {
  const needed = ca?.needsEab === true;
  return (
    <Stack gap="sm" component="fieldset" style={{ border: 0, padding: 0, margin: 0 }}>
      <Text component="legend" fw={600}>
        {needed ? text.eab : text.eabOptional}
      </Text>
      <Text c="dimmed" fz="sm">
        {text.eabText}
      </Text>
      <TextInput label={text.kid} withAsterisk={needed} spellCheck={false} {...form.getInputProps('kid')} />
      <PasswordInput
        label={text.hmacKey}
        description={text.hmacKeyHint}
        withAsterisk={needed}
        autoComplete="off"
        {...form.getInputProps('hmacKey')}
      />
    </Stack>
  );
}
