// The button that opens the export of a project's certificate.
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { projects as projectTexts } from '../messages/projects.ts';
import { openExport } from './export-dialog.tsx';

export function ExportButton({ project }: { readonly project: Parameters<typeof openExport>[0] }) {
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={14} aria-hidden />}
      onClick={() => openExport(project)}
    >
      {projectTexts.detail.export}
    </Button>
  );
}
