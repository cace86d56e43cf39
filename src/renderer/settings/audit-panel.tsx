// The retention period of audit log entries.
import { NumberInput } from '@mantine/core';
import type { Settings } from '../../shared/settings.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { FieldRow } from '../ui/field-row.tsx';
import { Panel } from '../ui/panel.tsx';
import { SettingsForm, useSectionForm } from './settings-form.tsx';

const text = settingsTexts.audit;

/** Form values as typed. */
interface Values {
  readonly keepDays: number | string;
}

export function AuditPanel({ audit }: { readonly audit: Settings['audit'] }) {
  const section = useSectionForm<Values>('audit', { keepDays: audit.keepDays ?? '' }, ({ keepDays }) => ({
    audit: { keepDays: keepDays === '' ? null : Number(keepDays) },
  }));
  return (
    <Panel title={text.title}>
      <SettingsForm of={section}>
        <FieldRow>
          <NumberInput
            label={text.keepDays}
            description={text.keepDaysHint}
            min={90}
            max={36_500}
            allowDecimal={false}
            {...section.form.getInputProps('keepDays')}
          />
        </FieldRow>
      </SettingsForm>
    </Panel>
  );
}
