// Downloads all entries that match the filters as JSON Lines, the format of `certdesk audit export`.
import { useMutation } from '@tanstack/react-query';
import type { AuditEntry } from '../../shared/audit.ts';
import { useApiClient } from '../api.ts';
import { activity as activityTexts } from '../messages/activity.ts';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { saveText } from '../ui/save-file.ts';
import type { ActivityFilter } from './activity-search.ts';

const PAGE = 500;

export function useExport() {
  const api = useApiClient();
  return useMutation({
    mutationFn: async (filter: ActivityFilter) => {
      const entries: AuditEntry[] = [];
      let cursor: string | undefined;
      do {
        const query = { ...filter, limit: PAGE };
        const page = await api.audit.list.query(cursor === undefined ? query : { ...query, cursor });
        entries.push(...page.entries);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return entries;
    },
    onError: notifyFailure,
    onSuccess(entries) {
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      saveText(lines, 'application/jsonl', 'certdesk-activity.jsonl');
      notifyDone(activityTexts.exported(entries.length));
    },
  });
}
