// Types for the start of the desktop application: whether the engine runs, or why not and what the user can do.

/** One button. The window returns its `id` to the main process. */
export interface StartChoice {
  readonly id: string;
  readonly label: string;
}

export interface StartProblem {
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  /** Lines to paste into a terminal. */
  readonly commands: readonly string[];
  /** The first is the recommended one. */
  readonly choices: readonly StartChoice[];
}

export type StartState =
  /** @property address The address of the local server, such as `http://127.0.0.1:7878` */
  | { readonly state: 'running'; readonly address: string }
  | { readonly state: 'failed'; readonly problem: StartProblem };
