// The webhook fields: service, URL (a secret) and signing secret.
import { Checkbox, PasswordInput, Select, TextInput } from '@mantine/core';
import type { Channel, WebhookPreset } from '../../shared/notification.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { messages } from '../messages.ts';
import type { ChannelForm } from './channel-values.ts';

const text = notificationTexts.webhook;
const PRESETS = Object.keys(text.urlHints) as WebhookPreset[];

interface Props {
  readonly form: ChannelForm;
  /** The stored webhook; null for a new channel. */
  readonly known: Channel['webhook'];
}

export function WebhookFields({ form, known }: Props) {
  const { preset, removeToken } = form.values;
  const stays = notificationTexts.form.keepHint;
  return (
    <>
      <Select
        label={text.preset}
        allowDeselect={false}
        data={PRESETS.map((value) => ({ value, label: notificationTexts.presets[value] }))}
        {...form.getInputProps('preset')}
      />
      <TextInput
        label={text.url}
        description={known === null ? text.urlHints[preset] : text.urlKeepHint(known.url)}
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('url')}
      />
      <PasswordInput
        label={text.token}
        description={
          known?.hasToken === true ? `${text.tokenHint} ${stays}` : `${text.tokenHint} (${messages.optional})`
        }
        autoComplete="new-password"
        disabled={removeToken}
        visibilityToggleButtonProps={{ 'aria-label': text.showToken }}
        {...form.getInputProps('token')}
      />
      {known?.hasToken === true && (
        <Checkbox label={text.removeToken} {...form.getInputProps('removeToken', { type: 'checkbox' })} />
      )}
      <PasswordInput
        label={text.secret}
        description={known === null ? text.secretHint : stays}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': text.showSecret }}
        {...form.getInputProps('signingSecret')}
      />
    </>
  );
}
