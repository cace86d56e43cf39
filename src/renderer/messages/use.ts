// What to do with an issued certificate: download it, configure a server, fetch it from a script.
export const use = {
  download: 'Download',
  downloadOf: (file: string) => `Download: ${file}`,
  downloadText:
    'All files except “Certificate and chain” contain the private key. Store them where only your server can read them. Their downloads are recorded in the audit log.',
  files: {
    fullchain: { label: 'Certificate and chain', hint: 'For nginx, Apache, Postfix and Dovecot' },
    key: { label: 'Private key', hint: 'Belongs to the certificate and chain' },
    combined: { label: 'Combined PEM', hint: 'Key, certificate and chain, for HAProxy' },
    pfx: { label: 'PFX', hint: 'PKCS #12 for Windows, IIS and Java' },
    zip: { label: 'ZIP for a server', hint: 'The PEM files with a README' },
  },
  all: 'All formats',
  server: {
    title: 'Set up your server',
    choose: 'Server software',
    files: 'Download these files and copy them to the server:',
    install: 'In the folder with the files, put them into place:',
    config: (file: string) => `Add this to ${file}:`,
    reload: 'Check the configuration and load it:',
    installCode: 'Commands that install the files',
    configCode: (server: string) => `Configuration for ${server}`,
    reloadCode: 'Commands that load the configuration',
    renewal:
      'These files are not renewed on your server. To replace them automatically, deploy the certificate or fetch it as below.',
  },
  fetch: {
    title: 'Fetch it automatically',
    text: 'A script on your server can fetch certificate and key in one file. It needs a token that can do nothing else.',
    token: 'Create download token',
    curl: 'With curl',
    cli: 'With the command line of Certdesk',
    guide: 'Script and systemd timer',
  },
} as const;
