// What all lists share: density, saved filters, CSV export.
import { formatCount } from '../format.ts';

export const lists = {
  compact: 'Compact rows',
  exportCsv: 'Export as CSV',
  exported: (n: number) => `${formatCount(n, 'row', 'rows')} exported`,
  saved: {
    button: 'Saved filters',
    title: 'Saved filters',
    none: 'No saved filters yet. Everyone who signs in to this Certdesk sees the same ones.',
    name: 'Save this view as',
    namePlaceholder: 'For example: EU, expiring soon',
    save: 'Save',
    replace: 'Replace',
    unfiltered: 'Set a search, filter or order to save it.',
    saved: (name: string) => `Filter “${name}” saved`,
    remove: (name: string) => `Delete the filter ${name}`,
    removed: (name: string) => `Filter “${name}” deleted`,
  },
} as const;
