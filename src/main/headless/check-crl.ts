// Parses a CRL in this process. The server does so on another thread (main/background).
import { X509Certificate } from 'node:crypto';
import { findRevocation } from '../engine/pki/inspect/crl.ts';
import type { CrlDeps } from '../engine/revocation/look-up-crls.ts';

export const lookUpCrl = ({ crl, serial, issuer, ...rest }: Parameters<CrlDeps['lookUpCrl']>[0]) =>
  findRevocation({
    crl: Buffer.from(crl.buffer, crl.byteOffset, crl.byteLength),
    leaf: { serial: Buffer.from(serial) },
    issuer: new X509Certificate(issuer),
    ...rest,
  });
