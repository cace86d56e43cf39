// The export format and password, for one or many certificates.
import { PasswordInput, Radio, Stack, Text } from '@mantine/core';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Notice } from '../ui/notice.tsx';

const text = certificateTexts.export;
const FORMATS = ['fullchain', 'key', 'combined', 'zip', 'pfx', 'pem', 'chain', 'der', 'pfx-certs'] as const;
const WITH_KEY: ReadonlySet<string> = new Set(['key', 'combined', 'zip', 'pfx']);
const MIN_PASSWORD = 8;

export interface ExportChoice {
  readonly format: (typeof FORMATS)[number];
  /** The password of a PFX file; always entered by the user. */
  readonly password: string;
}

export const FIRST_CHOICE: ExportChoice = { format: 'fullchain', password: '' };

export function isComplete({ format, password }: ExportChoice): boolean {
  return format !== 'pfx' || password.length >= MIN_PASSWORD;
}

export interface ExportFieldsProps {
  readonly choice: ExportChoice;
  onChange(choice: ExportChoice): void;
}

export function ExportFields({ choice, onChange }: ExportFieldsProps) {
  const { format, password } = choice;
  return (
    <>
      <Radio.Group
        label={text.format}
        value={format}
        onChange={(value) => onChange({ ...choice, format: value as ExportChoice['format'] })}
      >
        <Stack gap="xs" mt="xs">
          {FORMATS.map((value) => (
            <Radio key={value} value={value} label={text.formats[value]} description={text.hints[value]} />
          ))}
        </Stack>
      </Radio.Group>
      {format === 'pfx' && (
        <PasswordInput
          label={text.password}
          description={text.passwordHint}
          value={password}
          onChange={(event) => onChange({ ...choice, password: event.currentTarget.value })}
          autoComplete="new-password"
          error={password !== '' && !isComplete(choice) ? text.passwordShort : null}
        />
      )}
      {WITH_KEY.has(format) && (
        <Notice tone="warn">
          <Text>{text.audited}</Text>
        </Notice>
      )}
    </>
  );
}
