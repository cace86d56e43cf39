// The catalogue of the texts of the page, in English. Components contain no texts. Those that the first
// page does not need, such as those of hosts, are imported by their pages.
import { about } from './messages/about.ts';
import { activity } from './messages/activity.ts';
import { backup } from './messages/backup.ts';
import { certificates } from './messages/certificates.ts';
import { common } from './messages/common.ts';
import { dns } from './messages/dns.ts';
import { endpoints } from './messages/endpoints.ts';
import { imports } from './messages/import.ts';
import { jobs } from './messages/jobs.ts';
import { notifications } from './messages/notifications.ts';
import { obtain } from './messages/obtain.ts';
import { overview } from './messages/overview.ts';
import { projects } from './messages/projects.ts';
import { settings } from './messages/settings.ts';
import { session, shell } from './messages/shell.ts';
import { upload } from './messages/upload.ts';

export const messages = {
  ...common,
  about,
  activity,
  backup,
  certificates,
  dns,
  endpoints,
  imports,
  jobs,
  notifications,
  obtain,
  overview,
  projects,
  session,
  settings,
  shell,
  upload,
} as const;
