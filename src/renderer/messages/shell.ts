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
  notSignedOut: 'Could not sign out',
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
    title: 'This sign-in link is no longer valid',
    text: 'Links work once and expire after 10 minutes. Create a new one on the server and open it:',
  },
  signedOut: {
    title: 'Sign in to Certdesk',
    text: 'Run this on the server, then open the one-time link in this browser:',
  },
  left: {
    title: 'You are signed out',
    text: 'To sign in again, run this on the server and open the one-time link:',
  },
  refused: {
    title: 'Sign-in was rejected',
    byOther: (status: number) => `A proxy in front of Certdesk returned HTTP ${status}.`,
    text: 'Fix that, then open the link again or create a new one on the server:',
  },
  unreachable: {
    title: 'Cannot reach Certdesk',
    text: 'Check that the server is running, then try again.',
  },
  tooMany: {
    title: 'Too many attempts',
    text: 'Wait a minute, then open the link again or create a new one on the server:',
  },
  command: 'certdesk login-link',
  why: 'No password needed: anyone who can run this command on the server can sign in.',
} as const;
