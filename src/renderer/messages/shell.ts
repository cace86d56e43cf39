// Navigation, the connection, sign-in.
export const shell = {
  skip: 'Skip to the content',
  navigation: 'Main',
  sidebar: 'Side bar',
  notifications: 'What has just been done',
  nav: {
    overview: 'Overview',
    projects: 'Projects',
    dnsCredentials: 'DNS credentials',
    activity: 'Activity',
    tokens: 'API tokens',
    settings: 'Settings',
    about: 'About',
  },
  newCertificate: 'New certificate',
  theme: 'Theme',
  switchTheme: 'Switch between light and dark',
  themes: { light: 'Light', dark: 'Dark', auto: 'System' },
  signOut: 'Sign out',
  notSignedOut: 'Signing out did not work',
  notSignedOutText: 'This browser is still signed in. Try again.',
  live: {
    connecting: 'Connecting',
    live: 'Live',
    gone: 'No connection',
  },
  liveHint: {
    connecting: 'Connecting to the server',
    live: 'Changes show here as they happen',
    gone: 'The server does not answer',
  },
  gone: 'Certdesk does not answer',
  goneText: 'What you see may be out of date. This page tries again by itself and goes on when it is back.',
  tryNow: 'Try now',
  palette: {
    open: 'Search and commands',
    short: 'Search',
    more: 'and commands',
    placeholder: 'Search a project, or type a command',
    nothing: 'Nothing found',
    goTo: 'Go to',
    actions: 'Commands',
    projects: 'Projects',
    hint: 'Ctrl K',
    hintMac: '⌘ K',
  },
  notFound: 'There is no such page',
  notFoundText: 'The address leads nowhere. The overview has everything.',
  toOverview: 'To the overview',
} as const;

export const session = {
  signingIn: 'Signing you in',
  link: {
    title: 'This sign-in link does not work any more',
    text: 'Each link works once, for a short time. Make a new one where Certdesk runs and open it:',
  },
  signedOut: {
    title: 'You are signed out',
    text: 'Sign in with a one-time link. Make one where Certdesk runs, and open what it prints in this browser:',
  },
  left: {
    title: 'You have signed out',
    text: 'To come back, make a one-time link where Certdesk runs, and open what it prints in this browser:',
  },
  refused: {
    title: 'Signing in was refused',
    byOther: (status: number) =>
      `Something before Certdesk, a reverse proxy perhaps, answered with HTTP ${status}.`,
    text: 'When that is put right, open the link once more, or make a new one where Certdesk runs:',
  },
  unreachable: {
    title: 'Certdesk does not answer',
    text: 'Check that the server runs, then try again.',
  },
  tooMany: {
    title: 'Too many attempts',
    text: 'Wait a minute, then open the link once more, or make a new one where Certdesk runs:',
  },
  command: 'certdesk login-link',
  why: 'There is no password: whoever may run this command on the server may sign in.',
} as const;
