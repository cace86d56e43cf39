// Transactions that are asked for at the same time are committed together: with synchronous=FULL each commit waits for
// the disk, and ten jobs that wait for it one after another are slower than the CA. Each is still all or nothing, by a
// savepoint of its own, and none resolves before the disk has it. Where the commit of all is lost, each is tried alone.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Schema } from './schema.ts';

export type Transact = <T>(work: (trx: Transaction<Schema>) => Promise<T>) => Promise<T>;

interface Waiting {
  /**
   * @param alone Nobody else is in the transaction: then it is all or nothing by itself.
   * @returns what to do once the disk has it. Rejects where the whole transaction is lost.
   */
  run(trx: Transaction<Schema>, alone: boolean): Promise<() => void>;
  fail(error: unknown): void;
}

/** So many wait for one commit at the most: those at the front are not to wait for ever. */
const MOST = 50;

export function createGroupCommit(db: Kysely<Schema>): Transact {
  const waiting: Waiting[] = [];
  let busy = false;

  async function commitAll(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      await nextTurn(); // what else this turn of the event loop brings is taken along
      await commit(waiting.splice(0, MOST));
    }
    busy = false;
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    let begun = false;
    try {
      const settle = await db.transaction().execute(async (trx) => {
        begun = true;
        const settling: (() => void)[] = [];
        for (const each of group) settling.push(await each.run(trx, group.length === 1));
        return settling;
      });
      for (const each of settle) each();
    } catch (error) {
      // On a disk that is nearly full, what one wants to write must not be the end of what would have fitted. Where the
      // transaction has not even begun, none would fare better alone.
      if (begun && group.length > 1) for (const each of group) await commit([each]);
      else for (const each of group) each.fail(error);
    }
  }

  return (work) =>
    new Promise((resolve, reject) => {
      const inContext = AsyncLocalStorage.snapshot(); // the caller's, not that of who happened to come first
      const run: Waiting['run'] = async (trx, alone) => {
        const result = await inContext(() => (alone ? work(trx) : allOrNothing(trx, work)));
        return () => resolve(result);
      };
      waiting.push({
        run: (trx, alone) =>
          run(trx, alone).catch((error: unknown) => {
            if (alone || error instanceof Lost) throw error instanceof Lost ? error.cause : error;
            return () => reject(error);
          }),
        fail: reject,
      });
      if (!busy) void commitAll();
    });
}

/** With the savepoint the whole transaction is gone: SQLite itself rolls back where the disk is full or fails. */
class Lost extends Error {}

async function allOrNothing<T>(
  trx: Transaction<Schema>,
  work: (trx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  await SAVEPOINT.execute(trx);
  try {
    const result = await work(trx);
    await RELEASE.execute(trx);
    return result;
  } catch (error) {
    try {
      await ROLLBACK.execute(trx);
      await RELEASE.execute(trx);
    } catch {
      throw new Lost('the transaction is rolled back', { cause: error });
    }
    throw error;
  }
}

const SAVEPOINT = sql`savepoint one_of_many`;
const RELEASE = sql`release one_of_many`;
const ROLLBACK = sql`rollback to one_of_many`;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
