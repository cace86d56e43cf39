// The networks of the tests' servers: loopback, which no token may name by default.
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';

export const LOOPBACK_NETWORKS: readonly string[] = ['127.0.0.0/8', '::1/128'];

/** Like a Certdesk that was started with --allow-private for loopback. */
export const LOOPBACK_POLICY = createAddressPolicy({ allowPrivate: LOOPBACK_NETWORKS });
