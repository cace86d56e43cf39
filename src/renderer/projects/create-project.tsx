// Opens the dialogs that create and edit a project. Their form is as large as a screen, so its code is loaded on
// demand.
import type { ReactNode } from 'react';
import type { Project } from '../../shared/project.ts';
import { messages } from '../messages.ts';
import { openDialog } from '../ui/dialog.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import type { ProjectValues } from './project-form.tsx';

const text = messages.projects;

type Dialogs = typeof import('./project-dialogs.tsx');

export function openCreateProject(): void {
  open(text.create.title, ({ CreateProject }) => <CreateProject />);
}

/** @param initial Values of the fields, which the user may change. */
export function openCreateProjectWith(initial: ProjectValues): void {
  open(text.create.title, ({ CreateProject }) => <CreateProject initial={initial} />);
}

export function openEditProject(project: Project): void {
  open(text.edit.title, ({ EditProject }) => <EditProject project={project} />);
}

/** Opens the dialog once its form is loaded, so that a field gets the focus. */
function open(title: string, content: (dialogs: Dialogs) => ReactNode): void {
  import('./project-dialogs.tsx').then(
    (dialogs) => openDialog({ title, children: content(dialogs) }),
    notifyFailure,
  );
}
