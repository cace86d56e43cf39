// The texts that the first page needs, in English. Components contain no texts. Every other file of messages/, such as
// that of hosts, is imported by the pages that use it, so that it is loaded with them.
import { common } from './messages/common.ts';
import { overview } from './messages/overview.ts';
import { session, shell } from './messages/shell.ts';

export const messages = { ...common, overview, session, shell } as const;
