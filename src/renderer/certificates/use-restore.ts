// Restores a removed certificate.
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';

export function useRestore() {
  const api = useApi();
  return useMutation(
    api.certificates.restore.mutationOptions({
      onSuccess: () => notifyDone(certificateTexts.remove.restored),
      onError: notifyFailure,
    }),
  );
}
