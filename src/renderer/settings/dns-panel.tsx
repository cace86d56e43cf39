// How DNS-01 waits for record propagation.
import { NumberInput, Radio, Stack, TagsInput } from '@mantine/core';
import type { Settings } from '../../shared/settings.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { FieldRow } from '../ui/field-row.tsx';
import { Panel } from '../ui/panel.tsx';
import { SettingsForm, useSectionForm } from './settings-form.tsx';

const text = settingsTexts.dns;

/** Form values as typed; an empty number stands for the provider's default. */
interface Values {
  readonly propagationTimeout: number | string;
  readonly propagationInterval: number | string;
  readonly propagationCheck: string;
  readonly publicResolvers: string[];
}

export function DnsPanel({ dns }: { readonly dns: Settings['dns'] }) {
  const section = useSectionForm<Values>(
    'dns',
    {
      ...dns,
      propagationTimeout: dns.propagationTimeout ?? '',
      propagationInterval: dns.propagationInterval ?? '',
    },
    (values) => ({ dns: toSettings(values) }),
  );
  const { form } = section;
  return (
    <Panel title={text.title}>
      <SettingsForm of={section}>
        <FieldRow>
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
        </FieldRow>
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
      </SettingsForm>
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
