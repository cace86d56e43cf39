// A button that applies the setting with which a failed job may succeed.
import { Button } from '@mantine/core';
import type { ErrorBody } from '../../shared/errors.ts';
import { suggestsResolversOnly } from '../../shared/failure-details.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { useSaveSettings } from '../settings/use-save.ts';

export function SuggestedSetting({ error }: { readonly error: ErrorBody }) {
  const save = useSaveSettings();
  if (!suggestsResolversOnly(error)) return null;
  return (
    <Button
      style={{ alignSelf: 'flex-start' }}
      variant="default"
      loading={save.isPending}
      disabled={save.isSuccess}
      onClick={() => save.mutate({ body: { dns: { propagationCheck: 'resolvers' } } })}
    >
      {jobTexts.askResolversOnly}
    </Button>
  );
}
