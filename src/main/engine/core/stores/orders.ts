// The store of ACME orders.
import type { OrderRecord } from '../model.ts';

export interface OrderStore {
  get(jobId: string): Promise<OrderRecord | null>;
  put(order: OrderRecord): Promise<void>;
  delete(jobId: string): Promise<void>;
  /** Every order that is kept. */
  all(): Promise<readonly OrderRecord[]>;
}
