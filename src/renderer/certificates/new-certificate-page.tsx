// The page from names to a certificate. The project is created on the way.
import { getRouteApi } from '@tanstack/react-router';
import { messages } from '../messages.ts';
import { BackToList } from '../projects/back-to-list.tsx';
import { Page } from '../ui/page.tsx';
import { LoadedForm } from './request/loaded-form.tsx';
import { WaysToAdd } from './ways.tsx';

const route = getRouteApi('/new');

export function NewCertificatePage() {
  const { names = '' } = route.useSearch();
  return (
    <Page title={messages.shell.newCertificate} width="narrow" above={<BackToList />}>
      <WaysToAdd />
      <LoadedForm key={names} subjectOf={() => ({ project: null, names })} />
    </Page>
  );
}
