// Commits concurrent transactions together: with synchronous=FULL each commit waits for the disk, and ten jobs that
// wait in turn are slower than the CA. Each transaction is still atomic, through its own savepoint, and resolves only
// after the commit. If the common commit fails, each transaction is retried alone.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Schema } from './schema.ts';

export type Transact = <T>(work: (trx: Transaction<Schema>) => Promise<T>) => Promise<T>;

interface Waiting {
  /**
   * @param alone Whether it is the only one in the transaction, so it needs no savepoint.
   * @returns the function to call after the commit. Rejects if the whole transaction is lost.
   */
  run(trx: Transaction<Schema>, alone: boolean): Promise<() => void>;
  fail(error: unknown): void;
}

/** The largest number of transactions per commit, so that the first ones do not wait too long. */
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
      // On a nearly full disk, one large write must not fail the smaller ones that would fit. If not even BEGIN
      // succeeded, a retry alone would not help.
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

/** The whole transaction is lost with the savepoint, because SQLite rolls back when the disk is full or fails. */
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
