// The fields of a host: where it is, how Certdesk signs in, and what few hosts need.

import { Group, NumberInput, Radio, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CreateHost } from '../../shared/host.ts';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { tags as tagTexts } from '../messages/tags.ts';
import { TagField } from '../tags/tag-field.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { CredentialFields } from './credential-fields.tsx';
import { type HostErrors, type HostValues, newKindOf, SIGN_IN_KINDS } from './host-values.ts';

const text = hostTexts.form;

export interface HostFieldsProps {
  readonly values: HostValues;
  readonly errors: HostErrors;
  /** The host that is edited; its tags and its connection are not in this form. */
  readonly hostId?: string;
  onChange(patch: Partial<HostValues>): void;
}

export function HostFields(props: HostFieldsProps) {
  const { values, errors, hostId, onChange } = props;
  return (
    <Stack gap="md">
      {hostId === undefined && <Transport values={values} onChange={onChange} />}
      {values.transport === 'ssh' && <Connection {...props} />}
      <TextInput
        label={text.name}
        description={values.transport === 'ssh' ? text.nameHint : undefined}
        placeholder={values.transport === 'ssh' ? values.address.trim() : text.localName}
        autoComplete="off"
        value={values.name}
        error={errors.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      {values.transport === 'local' && hostId === undefined && (
        <TagsField values={values} errors={errors} onChange={onChange} />
      )}
      {values.transport === 'ssh' && <Advanced {...props} />}
    </Stack>
  );
}

function Transport({ values, onChange }: Pick<HostFieldsProps, 'values' | 'onChange'>) {
  return (
    <Radio.Group
      label={text.connection}
      value={values.transport}
      onChange={(value) => onChange({ transport: value as HostValues['transport'] })}
    >
      <Stack gap="xs" mt="xs">
        {(['ssh', 'local'] as const).map((value) => (
          <Radio
            key={value}
            value={value}
            label={text.transports[value]}
            description={text.transportHints[value]}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function Connection({ values, errors, onChange }: HostFieldsProps) {
  const api = useApi();
  const saved = useQuery(api.hostCredentials.list.queryOptions()).data?.hostCredentials ?? [];
  const usable = saved.filter(({ kind }) => kind !== 'secret');
  const kind = newKindOf(values);
  return (
    <>
      <Group gap="md" align="flex-start" grow preventGrowOverflow={false}>
        <TextInput
          label={text.address}
          description={text.addressHint}
          placeholder="web1.example.com"
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          withAsterisk
          miw={200}
          value={values.address}
          error={errors.address}
          onChange={(event) => onChange({ address: event.currentTarget.value })}
        />
        <NumberInput
          label={text.port}
          description={text.portHint}
          maw={120}
          miw={100}
          min={1}
          max={65_535}
          allowDecimal={false}
          hideControls
          value={values.port}
          error={errors.port}
          onChange={(port) => onChange({ port })}
        />
      </Group>
      <TextInput
        label={text.user}
        description={text.userHint}
        placeholder="root"
        autoComplete="off"
        spellCheck={false}
        withAsterisk
        value={values.user}
        error={errors.user}
        onChange={(event) => onChange({ user: event.currentTarget.value })}
      />
      <Select
        label={text.credential}
        allowDeselect={false}
        withAsterisk
        data={[
          ...(usable.length === 0
            ? []
            : [
                {
                  group: text.savedCredentials,
                  items: usable.map(({ id, name }) => ({ value: id, label: name })),
                },
              ]),
          {
            group: text.newCredential,
            items: SIGN_IN_KINDS.map((each) => ({ value: `new:${each}`, label: text.newKinds[each] })),
          },
        ]}
        value={values.signIn}
        error={errors.signIn}
        onChange={(signIn) => onChange({ signIn: signIn ?? '' })}
      />
      {kind !== null && (
        <CredentialFields
          kind={kind}
          values={values.credential}
          errors={errors}
          onChange={(field, value) => onChange({ credential: { ...values.credential, [field]: value } })}
        />
      )}
    </>
  );
}

function Advanced(props: HostFieldsProps) {
  const { values, errors, hostId, onChange } = props;
  const api = useApi();
  const hosts = useQuery(api.hosts.list.queryOptions()).data?.hosts ?? [];
  const used = values.jumpHostId !== null || values.become !== 'none' || values.tags.length > 0;
  const jumps = hosts.filter(({ id, transport }) => transport === 'ssh' && id !== hostId);
  return (
    <Disclosure label={text.advanced} startsOpen={used}>
      <Stack gap="md">
        {hostId === undefined && <TagsField values={values} errors={errors} onChange={onChange} />}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            label={text.jumpHost}
            description={text.jumpHostHint}
            allowDeselect={false}
            data={[
              { value: '', label: text.noJumpHost },
              ...jumps.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            value={values.jumpHostId ?? ''}
            error={errors.jumpHostId}
            onChange={(value) => onChange({ jumpHostId: value === '' ? null : value })}
          />
          <Select
            label={text.become}
            description={text.becomeHint}
            allowDeselect={false}
            data={(['none', 'sudo'] as const).map((value) => ({ value, label: text.becomes[value] }))}
            value={values.become}
            error={errors.become}
            onChange={(value) => onChange({ become: value as CreateHost['become'] })}
          />
        </SimpleGrid>
      </Stack>
    </Disclosure>
  );
}

function TagsField({ values, errors, onChange }: HostFieldsProps) {
  const api = useApi();
  const hosts = useQuery(api.hosts.list.queryOptions()).data?.hosts ?? [];
  return (
    <TagField
      label={tagTexts.label}
      description={text.tagsHint}
      known={hosts.flatMap(({ tags }) => tags)}
      value={values.tags}
      error={errors.tags}
      onChange={(tags) => onChange({ tags })}
    />
  );
}
