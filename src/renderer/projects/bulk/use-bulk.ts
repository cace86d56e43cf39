// The state of a bulk run: the progress of each project, and the follow-up when all are finished.
import { useRef, useState } from 'react';
import { useApiClient } from '../../api.ts';
import { useAppContext } from '../../app-context.ts';
import type { ExportChoice } from '../../certificates/export-fields.tsx';
import { bulk as bulkTexts } from '../../messages/bulk.ts';
import { certificates as certificateTexts } from '../../messages/certificates.ts';
import { notifyDone, notifyUndo } from '../../ui/notify.tsx';
import { notifyFailure } from '../../ui/notify-failure.tsx';
import { saveBytes } from '../../ui/save-file.ts';
import { makeZip, type ZipEntry } from '../../ui/zip.ts';
import type { ProjectRowData } from '../use-project-list.ts';
import {
  type BulkAction,
  type BulkDeps,
  deployOne,
  reissueOne,
  renewOne,
  type TagChange,
} from './bulk-actions.ts';
import { type ItemState, runBulk } from './run-bulk.ts';

const text = bulkTexts;
/** The server queues jobs itself, so higher concurrency would not be faster. */
const CONCURRENCY = 8;

/** What the user entered in the dialog; each action uses its part. */
export interface BulkValues {
  readonly choice: ExportChoice;
  readonly tags: TagChange;
}

export interface Bulk {
  /** Empty before the run starts. */
  readonly states: ReadonlyMap<string, ItemState>;
  readonly running: boolean;
  begin(values: BulkValues): void;
  stop(): void;
}

export function useBulk(action: BulkAction, projects: readonly ProjectRowData[]): Bulk {
  const api = useApiClient();
  const { live } = useAppContext();
  const [states, setStates] = useState<ReadonlyMap<string, ItemState>>(new Map());
  const [running, setRunning] = useState(false);
  const stopper = useRef(new AbortController());

  async function run({ choice, tags }: BulkValues): Promise<void> {
    const entries: ZipEntry[] = [];
    const done: string[] = [];
    await runBulk({
      items: projects,
      concurrency: CONCURRENCY,
      signal: stopper.current.signal,
      onState: ({ id }, state) => setStates((before) => new Map(before).set(id, state)),
      async work(project) {
        if (action === 'export') entries.push(await exportOne(api, project.id, choice));
        else if (action === 'deploy') {
          const note = await deployOne({ api, live }, project.id);
          done.push(project.id);
          return note;
        } else if (action === 'tags') await api.projects.changeTags.mutate({ id: project.id, body: tags });
        else await workOn(action, { api, live }, project);
        done.push(project.id);
      },
    });
    setRunning(false);
    if (action === 'export' && entries.length > 0)
      saveBytes(makeZip(unique(entries)), 'application/zip', text.file);
    if (action === 'remove' && done.length > 0) offerUndo(api, done);
  }

  return {
    states,
    running,
    begin(values) {
      stopper.current = new AbortController();
      setStates(new Map(projects.map(({ id }) => [id, { state: 'waiting' }])));
      setRunning(true);
      void run(values);
    },
    stop: () => stopper.current.abort(),
  };
}

async function workOn(
  action: Exclude<BulkAction, 'export' | 'tags' | 'deploy'>,
  deps: BulkDeps,
  project: ProjectRowData,
): Promise<void> {
  if (action === 'renew') await renewOne(deps, project.id);
  else if (action === 'reissue') await reissueOne(deps, project);
  else await deps.api.certificates.remove.mutate({ id: project.id });
}

async function exportOne(api: BulkDeps['api'], id: string, choice: ExportChoice): Promise<ZipEntry> {
  const { format, password } = choice;
  const file = await api.certificates.export.mutate({
    id,
    body: { format, ...(format === 'pfx' ? { password } : {}) },
  });
  return { name: file.filename, bytes: Uint8Array.from(atob(file.body), (char) => char.charCodeAt(0)) };
}

/** Two projects may export files with the same name. */
function unique(entries: readonly ZipEntry[]): ZipEntry[] {
  const seen = new Map<string, number>();
  return entries.map(({ name, bytes }) => {
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return { name: before === 0 ? name : `${before + 1}-${name}`, bytes };
  });
}

function offerUndo(api: BulkDeps['api'], ids: readonly string[]): void {
  const undo = async (): Promise<void> => {
    const back = await Promise.allSettled(ids.map((id) => api.certificates.restore.mutate({ id })));
    const failed = back.find((each) => each.status === 'rejected');
    if (failed !== undefined) notifyFailure(failed.reason);
    const well = back.filter(({ status }) => status === 'fulfilled').length;
    if (well > 0) notifyDone(text.restored(well));
  };
  notifyUndo(text.removed(ids.length), certificateTexts.remove.undo, () => void undo());
}
