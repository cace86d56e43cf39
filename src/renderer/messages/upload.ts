// Uploading a certificate.
export const upload = {
  title: (domain: string) => `Upload a certificate for ${domain}`,
  certificate: 'Certificate and chain (PEM)',
  certificateHint: 'The certificate and its intermediates, in any order.',
  privateKey: 'Private key (PEM)',
  passphrase: 'Passphrase of the key',
  passphraseHint: 'Only where the key is encrypted.',
  check: 'Check',
  submit: 'Upload',
  valid: (issuer: string) => `This certificate of ${issuer} can be uploaded`,
  names: 'Names',
  validTo: 'Valid to',
  warnings: 'Worth knowing',
  done: 'Certificate uploaded',
} as const;
