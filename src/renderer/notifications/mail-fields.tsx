// The fields of an email channel: mail server and recipients.
import { Group, NumberInput, PasswordInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { Channel } from '../../shared/notification.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { messages } from '../messages.ts';
import { FieldRow } from '../ui/field-row.tsx';
import type { ChannelForm } from './channel-values.ts';
import { SECURITIES, USUAL_PORTS } from './channel-values.ts';

const text = notificationTexts.mail;

interface Props {
  readonly form: ChannelForm;
  /** The stored mail server; null for a new channel. */
  readonly known: Channel['email'];
}

export function MailFields({ form, known }: Props) {
  const hasPassword = known !== null && known.username !== null;
  return (
    <>
      <Server form={form} />
      <FieldRow>
        <TextInput
          label={text.username}
          description={text.usernameHint}
          autoComplete="off"
          {...form.getInputProps('username')}
        />
        <PasswordInput
          label={text.password}
          description={hasPassword ? notificationTexts.form.keepHint : messages.optional}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': text.showPassword }}
          {...form.getInputProps('password')}
        />
      </FieldRow>
      <FieldRow>
        <TextInput
          label={text.from}
          description={text.fromHint}
          placeholder="certdesk@example.com"
          autoComplete="off"
          {...form.getInputProps('from')}
        />
        <TagsInput
          label={text.to}
          description={text.toHint}
          placeholder={text.toPlaceholder}
          maxTags={20}
          acceptValueOnBlur
          {...form.getInputProps('to')}
        />
      </FieldRow>
      <Textarea
        label={text.root}
        description={`${text.rootHint} (${messages.optional})`}
        autosize
        minRows={1}
        maxRows={6}
        spellCheck={false}
        {...form.getInputProps('rootCertificate')}
      />
    </>
  );
}

function Server({ form }: Pick<Props, 'form'>) {
  return (
    <Group gap="md" align="flex-start">
      <TextInput
        flex="1 1 10rem"
        label={text.host}
        placeholder="smtp.example.com"
        autoComplete="off"
        {...form.getInputProps('host')}
      />
      <Select
        flex="1 1 9rem"
        label={text.security}
        allowDeselect={false}
        data={SECURITIES.map((value) => ({
          value,
          label: text.securities[value],
        }))}
        {...form.getInputProps('security')}
        onChange={(security) => {
          const { port, security: before } = form.values;
          form.setFieldValue('security', security ?? 'starttls');
          if (port === USUAL_PORTS[before]) form.setFieldValue('port', USUAL_PORTS[security ?? ''] ?? port);
        }}
      />
      <NumberInput
        w={90}
        label={text.port}
        min={1}
        max={65_535}
        allowDecimal={false}
        hideControls
        {...form.getInputProps('port')}
      />
    </Group>
  );
}
