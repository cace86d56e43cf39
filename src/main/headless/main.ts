// Defines the command line: each command with its options and help texts.
import { Command, Option } from 'commander';
import { ScopeSchema } from '../../shared/token.ts';
import { readInstallation } from '../installation.ts';
import {
  addOptions,
  DATA_OPTIONS,
  OWN_DATA_OPTIONS,
  oneLine,
  SERVE_OPTIONS,
  toWebUrl,
} from '../platform/options.ts';
import { exportAudit, toEntry, verifyAudit } from './audit.ts';
import { createBackupFile, restoreBackupFile, verifyBackupFile } from './backup.ts';
import { listCaAccounts, replaceCaAccount } from './ca-account.ts';
import { listCaDirectories, withdrawCaDirectory } from './ca-directory.ts';
import { addCheckCommand } from './check.ts';
import { addDoctorCommand } from './doctor.ts';
import { printLoginLink } from './login-link.ts';
import { exitOnOutputError } from './outputs.ts';
import { reportFailure } from './report.ts';
import { serve } from './serve.ts';
import { createToken, listTokens, revokeToken } from './token.ts';
import { validateFiles } from './validate.ts';

const PASSPHRASE_OPTIONS = [
  new Option('--passphrase-file <file>', 'read the passphrase from the first line of this file'),
  new Option('--passphrase-stdin', 'read the passphrase from the first line of standard input').conflicts(
    'passphraseFile',
  ),
];

/**
 * Runs one command and sets the exit code: 0 on success, 1 if `audit verify` finds an invalid entry, `validate` an
 * invalid certificate or `check` and `doctor` a problem, 2 for an error that the user can resolve, 70 for a bug in Certdesk.
 * @param argv process.argv
 */
export async function main(argv: readonly string[]): Promise<void> {
  exitOnOutputError();
  const program = createProgram();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}

/** The commands that run the server or work on its data folder. */
export function createProgram(): Command {
  const program = new Command('certdesk')
    .description('Obtain, monitor, renew and revoke TLS certificates')
    .version(readInstallation().version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) });

  addOptions(program.command('serve').description('run the server'), [
    ...OWN_DATA_OPTIONS,
    ...SERVE_OPTIONS,
  ]).action(serve);

  program.addCommand(validateCommand());
  addCheckCommand(program);
  addDoctorCommand(program);

  addOptions(
    program.command('login-link').description('print a one-time link that signs a browser in to the GUI'),
    DATA_OPTIONS,
  )
    .option('--url <address>', "the server's address in the browser, if a reverse proxy changes it", toWebUrl)
    .action(printLoginLink);

  const token = program.command('token').description('manage API tokens, with or without a running server');
  addOptions(token.command('create').description('create a token and print it once'), DATA_OPTIONS)
    .requiredOption('--name <name>', 'name that says what the token is for')
    .addOption(
      new Option(
        '--scope <scope...>',
        'permissions of the token; projects:write includes projects:read and certificates:download; admin includes all and adds settings, notifications, saved credentials, the audit trail, and listing and revoking tokens; certificates:download only fetches certificate and key of the projects that --project or --tag names',
      )
        .choices(ScopeSchema.options)
        .makeOptionMandatory(),
    )
    .option(
      '--project <project...>',
      'limit the token to these projects, each by its domain, name or ID (default: all projects)',
    )
    .option('--tag <tag...>', 'limit the token to the projects with one of these tags, now and later')
    .option('--expires <time>', 'UTC time such as 2027-01-31T00:00:00Z (default: never)')
    .action(createToken);
  addOptions(
    token.command('list').description('list tokens, without their secret values'),
    DATA_OPTIONS,
  ).action(listTokens);
  addOptions(
    token.command('revoke').description('revoke a token').argument('<id>', 'ID of the token'),
    DATA_OPTIONS,
  ).action(revokeToken);

  const audit = program
    .command('audit')
    .description('verify or export the audit trail, with or without a running server');
  addOptions(
    audit
      .command('verify')
      .description('check that no entry was changed, inserted or removed; exits with 1 if the check fails'),
    DATA_OPTIONS,
  )
    .option('--expect <seq:hash>', 'entry that must exist, as printed by an earlier verify', toEntry)
    .action(verifyAudit);
  addOptions(
    audit.command('export').description('print all entries as JSON, one per line, oldest first'),
    DATA_OPTIONS,
  ).action(exportAudit);
  addAccountCommands(program);
  addDirectoryCommands(program);
  addBackupCommands(program);
  return program;
}

function validateCommand(): Command {
  const command = new Command('validate').description(
    'check a certificate and its key as an upload would, without a server',
  );
  return addOptions(command, PASSPHRASE_OPTIONS)
    .argument('<cert>', 'file with the certificate and its chain, in any format; - is standard input')
    .argument('[key]', 'file with the private key, if the first does not contain it')
    .option('--domain <name...>', 'names that the certificate must be valid for')
    .option('--json', 'print the result as JSON, in the form of the REST API')
    .action(validateFiles);
}

function addAccountCommands(program: Command): void {
  const account = program
    .command('ca-account')
    .description('manage ACME accounts, with or without a running server');
  addOptions(account.command('list').description('list accounts, without their keys'), DATA_OPTIONS).action(
    listCaAccounts,
  );
  addOptions(
    account
      .command('replace')
      .description('replace the key of an account that the CA deactivated; its open orders are abandoned')
      .argument('<id>', 'ID of the account'),
    DATA_OPTIONS,
  ).action(replaceCaAccount);
}

function addDirectoryCommands(program: Command): void {
  const directory = program
    .command('ca-directory')
    .description('manage approved ACME directory URLs, with or without a running server');
  addOptions(directory.command('list').description('list approved directories'), DATA_OPTIONS).action(
    listCaDirectories,
  );
  addOptions(
    directory
      .command('withdraw')
      .description(
        'withdraw an approval; Certdesk then no longer connects to the directory if it is in a private network',
      )
      .argument('<url>', 'URL of the directory'),
    DATA_OPTIONS,
  ).action(withdrawCaDirectory);
}

function addBackupCommands(program: Command): void {
  const backup = program.command('backup').description('back up all data of Certdesk to one encrypted file');
  addOptions(
    backup
      .command('create')
      .description('create a backup, verify it and print its path, with or without a running server'),
    [...DATA_OPTIONS, ...PASSPHRASE_OPTIONS],
  )
    .option('--folder <folder>', 'folder for the backup (default: the folder in the settings)')
    .action(createBackupFile);
  addOptions(
    backup
      .command('verify')
      .description('check that a backup can be restored')
      .argument('<file>', 'backup file'),
    PASSPHRASE_OPTIONS,
  ).action(verifyBackupFile);
  addOptions(
    backup
      .command('restore')
      .description('restore a backup to a data folder; stop Certdesk first')
      .argument('<file>', 'backup file'),
    [
      ...DATA_OPTIONS,
      ...SERVE_OPTIONS.filter(({ long }) => long === '--secret-store'),
      ...PASSPHRASE_OPTIONS,
    ],
  )
    .option('--keep-aside', 'move existing data to a subfolder of the data folder first')
    .action(restoreBackupFile);
}
