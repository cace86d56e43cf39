// How dns-01 waits for its record.
import { Button, Group, NumberInput, Radio, Stack, TagsInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Settings } from '../../shared/settings.ts';
import { messages } from '../messages.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { Panel } from '../ui/panel.tsx';
import { useSaveSettings } from './use-save.ts';

const text = messages.settings.dns;

/** What is typed: an empty number is the provider's own. */
interface Values {
  readonly propagationTimeout: number | string;
  readonly propagationInterval: number | string;
  readonly propagationCheck: string;
  readonly publicResolvers: string[];
}

const FIELDS = ['propagationTimeout', 'propagationInterval', 'propagationCheck', 'publicResolvers'];
const ALIASES = Object.fromEntries(FIELDS.map((field) => [`dns.${field}`, field]));

export function DnsPanel({ dns }: { readonly dns: Settings['dns'] }) {
  const save = useSaveSettings();
  const form = useForm<Values>({
    initialValues: {
      ...dns,
      propagationTimeout: dns.propagationTimeout ?? '',
      propagationInterval: dns.propagationInterval ?? '',
    },
  });
  const submit = (values: Values): void =>
    save.mutate(
      { body: { dns: toSettings(values) } },
      {
        onSuccess: () => form.resetDirty(),
        onError: (error) => form.setErrors(formErrors(error, FIELDS, ALIASES)),
      },
    );
  return (
    <Panel title={text.title}>
      <form onSubmit={form.onSubmit(submit)} noValidate>
        <Stack gap="md">
          <Group gap="md" grow align="flex-start">
            <NumberInput
              label={text.timeout}
              description={text.timeoutHint}
              min={1}
              max={86_400}
              {...form.getInputProps('propagationTimeout')}
            />
            <NumberInput
              label={text.interval}
              description={text.intervalHint}
              min={0.1}
              max={600}
              {...form.getInputProps('propagationInterval')}
            />
          </Group>
          <Radio.Group label={text.check} {...form.getInputProps('propagationCheck')}>
            <Stack gap="xs" mt="xs">
              <Radio value="authoritative" label={text.checks.authoritative} />
              <Radio value="resolvers" label={text.checks.resolvers} />
            </Stack>
          </Radio.Group>
          <TagsInput
            label={text.resolvers}
            description={text.resolversHint}
            placeholder={text.resolversPlaceholder}
            maxTags={8}
            {...form.getInputProps('publicResolvers')}
          />
          {save.error !== null && Object.keys(form.errors).length === 0 && (
            <FailureNotice error={save.error} />
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              {messages.settings.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function toSettings(values: Values): Settings['dns'] {
  const number = (typed: number | string): number | null => (typed === '' ? null : Number(typed));
  return {
    propagationTimeout: number(values.propagationTimeout),
    propagationInterval: number(values.propagationInterval),
    propagationCheck: values.propagationCheck === 'resolvers' ? 'resolvers' : 'authoritative',
    publicResolvers: values.publicResolvers,
  };
}
