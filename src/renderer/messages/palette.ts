// The command palette.
export const palette = {
  placeholder: 'Search projects or run a command',
  goTo: 'Go to',
  actions: 'Commands',
  projects: 'Projects',
  import: 'Import from certbot, acme.sh, lego or a folder',
  expiring: 'Certificates expiring in 30 days',
  switchTheme: 'Toggle dark mode',
  /** `words`: what a user may type, also before the name of a project. */
  projectActions: {
    renew: {
      label: 'Renew certificate…',
      of: (project: string) => `Renew ${project}`,
      ask: 'Renew which certificate?',
      words: ['renew'],
    },
    request: {
      label: 'Request certificate…',
      of: (project: string) => `Request a certificate for ${project}`,
      ask: 'Request a certificate for which project?',
      words: ['request', 'issue', 'obtain'],
    },
    export: {
      label: 'Export certificate…',
      of: (project: string) => `Export ${project}`,
      ask: 'Export which certificate?',
      words: ['export', 'download'],
    },
    deploy: {
      label: 'Deploy certificate…',
      of: (project: string) => `Deploy ${project}`,
      ask: 'Deploy which certificate?',
      words: ['deploy', 'install'],
    },
  },
  back: 'Back to all commands (Backspace)',
  backKey: 'Backspace goes back to all commands',
} as const;
