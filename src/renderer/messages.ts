// The catalogue of all texts of the page, in English. Components contain no texts.
import { about } from './messages/about.ts';
import { activity } from './messages/activity.ts';
import { backup } from './messages/backup.ts';
import { bulk } from './messages/bulk.ts';
import { certificates } from './messages/certificates.ts';
import { common } from './messages/common.ts';
import { deployments } from './messages/deployments.ts';
import { dns } from './messages/dns.ts';
import { endpoints } from './messages/endpoints.ts';
import { hosts } from './messages/hosts.ts';
import { imports } from './messages/import.ts';
import { jobs } from './messages/jobs.ts';
import { notifications } from './messages/notifications.ts';
import { obtain } from './messages/obtain.ts';
import { overview } from './messages/overview.ts';
import { projects } from './messages/projects.ts';
import { settings } from './messages/settings.ts';
import { session, shell } from './messages/shell.ts';
import { tokens } from './messages/tokens.ts';
import { upload } from './messages/upload.ts';

export const messages = {
  ...common,
  about,
  activity,
  backup,
  bulk,
  certificates,
  deployments,
  dns,
  endpoints,
  hosts,
  imports,
  jobs,
  notifications,
  obtain,
  overview,
  projects,
  session,
  settings,
  shell,
  tokens,
  upload,
} as const;
