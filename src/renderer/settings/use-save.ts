// Saves fields of the settings.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { notifyDone } from '../ui/notify.tsx';

export function useSaveSettings() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation(
    api.settings.update.mutationOptions({
      onSuccess(settings) {
        queries.setQueryData(api.settings.get.queryKey(), settings);
        notifyDone(settingsTexts.saved);
      },
    }),
  );
}
