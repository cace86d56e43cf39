// Opens the dialog that edits a project. Its form is as large as a screen, so its code is loaded on demand.
import type { Project } from '../../shared/project.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { openDialog } from '../ui/dialog.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';

/** Opens the dialog once its form is loaded, so that a field gets the focus. */
export function openEditProject(project: Project): void {
  import('./edit-project-form.tsx').then(
    ({ EditProject }) =>
      openDialog({ title: projectTexts.edit.title, children: <EditProject project={project} /> }),
    notifyFailure,
  );
}
