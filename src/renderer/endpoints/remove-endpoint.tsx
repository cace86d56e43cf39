// Removes an endpoint.
import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { formatEndpoint } from '../../shared/endpoint-names.ts';
import type { EndpointDetail } from '../../shared/endpoint-record.ts';
import { useApi } from '../api.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { Confirm } from '../ui/confirm.tsx';
import { closeDone } from '../ui/notify.tsx';

const text = endpointTexts.remove;

export function openRemoveEndpoint(endpoint: EndpointDetail): void {
  modals.open({ title: text.title(formatEndpoint(endpoint)), children: <RemoveEndpoint id={endpoint.id} /> });
}

function RemoveEndpoint({ id }: { readonly id: string }) {
  const api = useApi();
  const router = useRouter();
  const remove = useMutation(
    api.endpoints.remove.mutationOptions({
      onSuccess: () => {
        closeDone(text.done);
        void router.navigate({ to: '/endpoints' });
      },
    }),
  );
  return (
    <Confirm
      submit={text.submit}
      error={remove.error}
      pending={remove.isPending}
      danger
      onSubmit={() => remove.mutate({ endpointId: id })}
    >
      <Text>{text.text}</Text>
    </Confirm>
  );
}
