// Where the tests' servers are: on loopback, which no token may name as Certdesk starts.
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';

export const LOOPBACK_NETWORKS: readonly string[] = ['127.0.0.0/8', '::1/128'];

/** As a Certdesk that was started with --allow-private for loopback. */
export const LOOPBACK_POLICY = createAddressPolicy({ allowPrivate: LOOPBACK_NETWORKS });
