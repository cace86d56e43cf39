// The interface of the store for ACME orders.
import type { OrderRecord } from '../model.ts';

export interface OrderStore {
  get(jobId: string): Promise<OrderRecord | null>;
  put(order: OrderRecord): Promise<void>;
  delete(jobId: string): Promise<void>;
  all(): Promise<readonly OrderRecord[]>;
}
