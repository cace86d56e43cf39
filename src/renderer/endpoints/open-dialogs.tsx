// Opens the dialogs of endpoints. Their forms are loaded on demand.
import type { ReactNode } from 'react';
import type { EndpointDetail } from '../../shared/endpoint-record.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { openDialog } from '../ui/dialog.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';

const text = endpointTexts;

/** @param projectId Preselects the project, and suggests only its names. */
export function openAddEndpoints(projectId?: string): void {
  open(text.adding.title, async () => {
    const { AddEndpoints } = await import('./add-endpoints.tsx');
    return <AddEndpoints projectId={projectId} />;
  });
}

export function openEditEndpoint(endpoint: EndpointDetail): void {
  open(text.edit.title, async () => {
    const { EditEndpoint } = await import('./edit-endpoint.tsx');
    return <EditEndpoint endpoint={endpoint} />;
  });
}

/** Opens the dialog once its form is loaded, so that a field gets the focus. */
function open(title: string, load: () => Promise<ReactNode>): void {
  load().then((children) => openDialog({ title, size: 'lg', children }), notifyFailure);
}
