// The interface of the store for acknowledged uses of certificates as a client.
import type { Acknowledgement } from '../model.ts';

/** A person has read that these services may present a certificate as a client that is for servers only. */
export interface ClientUseAcknowledgement extends Acknowledgement {
  readonly projectId: string;
  /** Keys of CLIENT_USES (shared/client-auth.ts). */
  readonly uses: readonly string[];
}

export interface ClientUseStore {
  acknowledged(projectIds: readonly string[]): Promise<readonly ClientUseAcknowledgement[]>;
  /** Replaces an earlier one. The project's endpoints become due. */
  put(acknowledgement: ClientUseAcknowledgement): Promise<void>;
  /** The project's endpoints become due. */
  delete(projectId: string): Promise<void>;
}
