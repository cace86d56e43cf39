// The request form, once the lists that its first values depend on have loaded: later data would overwrite the user's
// input.
import { useQuery } from '@tanstack/react-query';
import type { DnsProviderInfo } from '../../../shared/dns-credential.ts';
import { useApi } from '../../api.ts';
import { QueryView } from '../../ui/query-view.tsx';
import { RequestForm } from './request-form.tsx';
import type { Ca, RequestSubject } from './use-request.ts';

interface Lists {
  readonly cas: readonly Ca[];
  readonly dnsProviders: readonly DnsProviderInfo[];
}

export function LoadedForm({ subjectOf }: { subjectOf(lists: Lists): RequestSubject }) {
  const api = useApi();
  const cas = useQuery(api.system.cas.queryOptions());
  const providers = useQuery(api.system.dnsProviders.queryOptions());
  const saved = useQuery(api.dnsCredentials.list.queryOptions());
  return (
    <QueryView query={cas} lines={8}>
      {(known) => (
        <QueryView query={providers} lines={8}>
          {({ dnsProviders }) => (
            <QueryView query={saved} lines={8}>
              {() => <RequestForm subject={subjectOf({ cas: known.cas, dnsProviders })} />}
            </QueryView>
          )}
        </QueryView>
      )}
    </QueryView>
  );
}
