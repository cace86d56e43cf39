/** Steps that undo what was opened, the last one first. */
export type Closing = (() => unknown)[];
