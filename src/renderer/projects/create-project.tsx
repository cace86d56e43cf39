// Opens the dialogs that make a project and change one. Their form weighs as much as a screen, so it comes when it is
// asked for.
import type { ReactNode } from 'react';
import type { Project } from '../../shared/project.ts';
import { messages } from '../messages.ts';
import { openDialog } from '../ui/dialog.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';

const text = messages.projects;

type Dialogs = typeof import('./project-dialogs.tsx');

export function openCreateProject(): void {
  open(text.create.title, ({ CreateProject }) => <CreateProject />);
}

export function openEditProject(project: Project): void {
  open(text.edit.title, ({ EditProject }) => <EditProject project={project} />);
}

/** The dialog opens with its form in it: what has the focus first is a field. */
function open(title: string, content: (dialogs: Dialogs) => ReactNode): void {
  import('./project-dialogs.tsx').then(
    (dialogs) => openDialog({ title, children: content(dialogs) }),
    notifyFailure,
  );
}
