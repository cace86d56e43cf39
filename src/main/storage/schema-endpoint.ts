// Kysely's types of the tables of endpoints.
import type { Generated } from 'kysely';

export interface EndpointSchema {
  endpoints: EndpointsTable;
  endpoint_projects: EndpointProjectsTable;
}

export interface EndpointsTable {
  seq: Generated<number>;
  id: string;
  host: string;
  port: number;
  protocol: string;
  server_name: string | null;
  addresses: string | null;
  trust: string | null;
  expected: string;
  interval_minutes: number;
  saved_by: string;
  created_at: string;
  updated_at: string;
  next_check_at: string;
  due_count: Generated<number>;
  state: string;
  checked_at: string | null;
  codes: string;
  alarms: string;
  alarmed_at: string | null;
  unknowns: number;
  sentence: string | null;
  served: string | null;
  expires_at: string | null;
  /** The rest of the check, as JSON. */
  result: string;
}

interface EndpointProjectsTable {
  endpoint_seq: number;
  project_id: string;
}
