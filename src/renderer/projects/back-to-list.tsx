// The link back to the project list, above a project's name.
import { IconArrowLeft } from '@tabler/icons-react';
import { projects as projectTexts } from '../messages/projects.ts';
import { TextLink } from '../ui/link.tsx';

export function BackToList() {
  return (
    <TextLink to="/projects" c="dimmed" fz="sm" mb={4} className="back-link">
      <IconArrowLeft size={16} aria-hidden />
      {projectTexts.detail.back}
    </TextLink>
  );
}
