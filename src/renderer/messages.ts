// The catalogue of the texts of the page, in English. Components contain no texts. Those of hosts and deployments are
// imported by their pages: the first page does not need them.
import { about } from './messages/about.ts';
import { activity } from './messages/activity.ts';
import { backup } from './messages/backup.ts';
import { bulk } from './messages/bulk.ts';
import { certificates } from './messages/certificates.ts';
import { common } from './messages/common.ts';
import { dns } from './messages/dns.ts';
import { endpoints } from './messages/endpoints.ts';
import { imports } from './messages/import.ts';
import { jobs } from './messages/jobs.ts';
import { lists } from './messages/lists.ts';
import { notifications } from './messages/notifications.ts';
import { obtain } from './messages/obtain.ts';
import { overview } from './messages/overview.ts';
import { projects } from './messages/projects.ts';
import { settings } from './messages/settings.ts';
import { session, shell } from './messages/shell.ts';
import { tags } from './messages/tags.ts';
import { tokens } from './messages/tokens.ts';
import { upload } from './messages/upload.ts';

export const messages = {
  ...common,
  about,
  activity,
  backup,
  bulk,
  certificates,
  dns,
  endpoints,
  imports,
  jobs,
  lists,
  notifications,
  obtain,
  overview,
  projects,
  session,
  settings,
  shell,
  tags,
  tokens,
  upload,
} as const;
