// How the start behind the window went: running, or why not and what can be done.

/** One button. `id` goes back to the main process as it is. */
export interface StartChoice {
  readonly id: string;
  readonly label: string;
}

export interface StartProblem {
  readonly title: string;
  /** Sentences, one a paragraph. */
  readonly text: readonly string[];
  /** Lines to paste into a terminal. */
  readonly commands: readonly string[];
  /** The first one is the best. */
  readonly choices: readonly StartChoice[];
}

export type StartState =
  /** @property address The local server's, `http://127.0.0.1:7878` */
  | { readonly state: 'running'; readonly address: string }
  | { readonly state: 'failed'; readonly problem: StartProblem };
