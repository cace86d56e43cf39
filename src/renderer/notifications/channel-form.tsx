// The form to create or edit a channel. Stored secrets are never shown.
import {
  Button,
  Checkbox,
  Group,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { type FormRulesRecord, useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Channel, CreatedChannel } from '../../shared/notification.ts';
import { useApi } from '../api.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { messages } from '../messages.ts';
import { TagField } from '../tags/tag-field.tsx';
import { useProjectTags } from '../tags/use-project-tags.ts';
import { openDialog } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { notifyDone } from '../ui/notify.tsx';
import classes from '../ui/ui.module.css';
import { ChannelCreatedDialog } from './channel-created-dialog.tsx';
import {
  type ChannelForm,
  type ChannelValues,
  checkChannel,
  KINDS,
  toCreate,
  toUpdate,
  toValues,
} from './channel-values.ts';
import { MailFields } from './mail-fields.tsx';
import { WebhookFields } from './webhook-fields.tsx';

const text = notificationTexts.form;
const FIELDS = Object.keys(toValues(undefined));
/** The server names a field by its path in the request. */
const ALIASES = Object.fromEntries(
  FIELDS.flatMap((field) => [
    [`email.${field}`, field],
    [`webhook.${field}`, field],
  ]),
);

export function openCreateChannel(): void {
  openDialog({ title: text.create, size: 'lg', children: <NewChannel /> });
}

export function openEditChannel(channel: Channel): void {
  openDialog({ title: text.edit(channel.name), size: 'lg', children: <ChannelDialog channel={channel} /> });
}

function NewChannel() {
  const [made, setMade] = useState<CreatedChannel | null>(null);
  return made === null ? <ChannelDialog onMade={setMade} /> : <ChannelCreatedDialog channel={made} />;
}

interface DialogProps {
  readonly channel?: Channel;
  onMade?(channel: CreatedChannel): void;
}

function ChannelDialog({ channel, onMade }: DialogProps) {
  const form: ChannelForm = useForm<ChannelValues, ChannelValues, FormRulesRecord<ChannelValues>>({
    initialValues: toValues(channel),
    validate: checkChannel(channel !== undefined),
  });
  const known = useProjectTags().map(({ id }) => id);
  const save = useSave(channel, onMade);
  const submit = (values: ChannelValues): void =>
    save.mutate(values, { onError: (error) => form.setErrors(formErrors(error, FIELDS, ALIASES)) });
  // A change clears the error of its field; errors without a field remain.
  const ofNoField = save.error !== null && Object.keys(formErrors(save.error, FIELDS, ALIASES)).length === 0;
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="md">
        {channel === undefined && <HowSelect form={form} />}
        <TextInput
          label={text.name}
          description={text.nameHint}
          data-autofocus
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        {form.values.type === 'email' ? (
          <MailFields form={form} known={channel?.email ?? null} />
        ) : (
          <WebhookFields form={form} known={channel?.webhook ?? null} />
        )}
        <Kinds form={form} />
        <TagField
          label={text.tags}
          description={text.tagsHint}
          known={known}
          value={form.values.tags}
          error={form.errors.tags}
          onChange={(tags) => form.setFieldValue('tags', tags)}
        />
        {channel !== undefined && (
          <Switch
            label={text.enabled}
            description={text.enabledHint}
            {...form.getInputProps('enabled', { type: 'checkbox' })}
          />
        )}
        {ofNoField && <FailureNotice error={save.error} />}
        <Group justify="flex-end" gap="xs" className={classes.stickyActions}>
          <Button variant="default" onClick={() => modals.closeAll()}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {text.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function HowSelect({ form }: { readonly form: ChannelForm }) {
  return (
    <SegmentedControl
      aria-label={text.type}
      data={(['email', 'webhook'] as const).map((value) => ({ value, label: text.types[value] }))}
      value={form.values.type}
      onChange={(type) => form.setFieldValue('type', type === 'webhook' ? 'webhook' : 'email')}
    />
  );
}

function Kinds({ form }: { readonly form: ChannelForm }) {
  return (
    <Checkbox.Group label={text.kinds} {...form.getInputProps('kinds')}>
      <SimpleGrid cols={2} spacing="xs" mt="xs">
        {KINDS.map((kind) => (
          <Checkbox key={kind} value={kind} label={notificationTexts.kinds[kind]} />
        ))}
      </SimpleGrid>
    </Checkbox.Group>
  );
}

/** Request and response contain secrets: gcTime 0 removes them from the cache immediately. */
function useSave(channel: Channel | undefined, onMade: DialogProps['onMade']) {
  const api = useApi();
  const create = useMutation({ ...api.notifications.create.mutationOptions(), gcTime: 0 });
  const update = useMutation({ ...api.notifications.update.mutationOptions(), gcTime: 0 });
  return useMutation({
    gcTime: 0,
    async mutationFn(values: ChannelValues): Promise<void> {
      if (channel === undefined) onMade?.(await create.mutateAsync({ body: toCreate(values) }));
      else await update.mutateAsync({ channelId: channel.id, body: toUpdate(values) });
    },
    onSuccess() {
      if (channel === undefined) return;
      modals.closeAll();
      notifyDone(text.saved);
    },
  });
}
