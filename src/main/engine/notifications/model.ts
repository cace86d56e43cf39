// Defines the secrets of channels and the results of deliveries, which no table of the database holds.

/** Secrets of a channel, as the secret store holds them under `channelSecret(id)`. */
export interface ChannelSecrets {
  readonly password?: string | null;
  readonly url?: string;
  readonly signingSecret?: string;
  readonly token?: string | null;
}

/** The receiver's response to a delivered message. */
export interface Delivered {
  /** HTTP status; null for mail. */
  readonly status: number | null;
  readonly answer: string;
}
