// How an operation becomes a command of `certdesk`. Operations declare it in `meta.cli`; the build writes all of them
// into out/main/commands.json, which is all that the client knows of the server.

export interface CliArgument {
  /** As help shows it, in capitals: `NAME`. */
  readonly name: string;
  /**
   * `project`: the domain, name or ID of a project. The client replaces it by the ID. `new-project`: likewise, and it
   * creates the project if there is none. `deployable`: projects, or names or IDs of deployments, which fill the
   * field `deployments` instead. `host`: the name or ID of a host. `text`: the field as it is. `text-file`: the path of a file,
   * whose text is sent. `json-file`: the path of a file with the body. `files`: paths of files, sent in base64.
   */
  readonly is:
    | 'project'
    | 'new-project'
    | 'deployable'
    | 'host'
    | 'text'
    | 'text-file'
    | 'json-file'
    | 'files';
  /** The field of the path, the query or the body that it fills. */
  readonly field: string;
  readonly description: string;
  readonly optional?: true;
  /** Of a `text-file`: folders beside it that belong to it and are not read, and what to do instead. */
  readonly notRead?: { readonly folders: readonly string[]; readonly advice: string };
  /** Whether the command takes several values. It then runs once for each, except for `deployable` and `files`. */
  readonly many?: true;
}

export interface CliColumn {
  readonly title: string;
  /** A path in the answer, or in one row of it: `certificate.status`. Of several, separated by `|`, the first that is set. */
  readonly field: string;
  /**
   * `time`: in UTC, to the minute. `left`: a time, as the days until then. `state`: coloured. `project`: the ID of a
   * project, shown as its domain.
   */
  readonly as?: 'time' | 'left' | 'state' | 'project';
  /** Shown if there is no value. Without it, a column or line without values is omitted. */
  readonly empty?: string;
}

/** One command. An operation may have several, such as `list` and `projects`. */
export interface CliMeta {
  /** `renew`, or two words: `project create`. */
  readonly verb: string;
  /** For help; default: the operation's summary. It begins with a lower-case verb. */
  readonly summary?: string;
  readonly args?: readonly CliArgument[];
  /**
   * The fields of the query or the body that become options, each with its help. `''` uses the description of the schema.
   * A text, a number, a boolean, an enum or a list of texts becomes an option with a value or a switch. Any other field
   * is read from a file of JSON.
   */
  readonly options?: Readonly<Record<string, string>>;
  /**
   * Fields with a secret, each with its help. Two options read it, from a file or standard input, because every user of
   * the machine can list arguments.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The field of the answer that holds the rows of a table. Without it, `columns` are the lines of a description. */
  readonly rows?: string;
  /** Without columns, the command prints the answer's message. */
  readonly columns?: readonly CliColumn[];
  /** For a preview: what to do next, and on which page. The client adds the address of the page. */
  readonly next?: { readonly text: string; readonly page: string };
  /** A view of its own in the client: cli/overview.ts, job-view.ts, host-test.ts, endpoint-view.ts, host-import-view.ts, simulation-view.ts. */
  readonly view?: 'overview' | 'job' | 'host-test' | 'endpoint' | 'host-import' | 'simulation';
  /** Whether the answer has runs of deployments, for whose end the client waits. */
  readonly runs?: true;
  /** Whether the client asks for all pages unless --limit is given. */
  readonly pages?: true;
  /** On a terminal, the client asks this question first. `{name}` is the first argument. */
  readonly confirm?: string;
  /** Command lines without `certdesk`, each with what it does. */
  readonly examples?: readonly (readonly [command: string, purpose: string])[];
}

export interface CommandOption {
  readonly field: string;
  readonly in: 'query' | 'body';
  /** `--alt-names` */
  readonly flag: string;
  /** `off` is a switch that sets the field to false. */
  readonly type: 'text' | 'number' | 'on' | 'off' | 'list' | 'json' | 'secret';
  readonly choices?: readonly string[];
  readonly description: string;
}

/** One command, as commands.json has it. */
export interface RemoteCommand extends Omit<CliMeta, 'options' | 'secrets' | 'summary'> {
  readonly summary: string;
  /** The operation's name in the router, `certificates.renew`. */
  readonly operation: string;
  readonly method: string;
  /** Below /api/v1, with parameters as {name}. */
  readonly path: string;
  readonly hasBody: boolean;
  readonly form: 'json' | 'file' | 'text';
  /** Whether the server starts a job, for which the client waits. */
  readonly job: boolean;
  readonly options: readonly CommandOption[];
}

/** A command that works on the data folder, without the server: `serve`, `token`. Its parser is headless/main.ts. */
export interface LocalCommand {
  readonly name: string;
  readonly summary: string;
  /** For completion. */
  readonly options: readonly LocalOption[];
  readonly commands: readonly LocalCommand[];
}

export interface LocalOption {
  readonly flag: string;
  readonly takesValue: boolean;
  readonly choices?: readonly string[];
}

export interface CommandTable {
  readonly remote: readonly RemoteCommand[];
  readonly local: readonly LocalCommand[];
}
