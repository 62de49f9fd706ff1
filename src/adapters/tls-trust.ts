import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import type { ConnectionSettings, Environment } from '../context.ts';
import { attempt } from '../errors/attempt.ts';
import { ConfigError } from '../errors.ts';
import { largestText } from '../protocol/text-input.ts';
import { own, type Said, say } from '../say.ts';
import { readRegularFile } from './open-file.ts';

/** The certificates that TLS handshakes trust and show; the contexts are made when first asked for. */
export interface TlsTrust {
  /** For authorization servers: with the client certificate, if there is one. */
  serverContext(): tls.SecureContext;
  /** For a proxy reached over TLS: never with the client certificate. */
  proxyContext(): tls.SecureContext;
  /** Trusts the certificates of the operating system too; false when that changes nothing. */
  addSystemCertificates(): boolean;
}

type TlsSettings = Pick<ConnectionSettings, 'ca' | 'clientCertificate'>;

// Absent from Node 20, and so from its types.
const { getCACertificates } = tls as {
  readonly getCACertificates?: (type: 'default' | 'system') => readonly string[];
};

/**
 * Checks the TLS settings and makes what handshakes need of them. A CA file is tried by itself first; the default
 * and the system's certificates join it once a certificate could not be verified without, because reading them
 * costs more than a handshake.
 * @throws ConfigError when a certificate or key cannot be used
 */
export function createTlsTrust(settings: TlsSettings, env: Environment): TlsTrust {
  const extra = settings.ca === undefined ? [] : readCertificates(settings.ca);
  const identity = settings.clientCertificate;
  if (identity !== undefined && 'cert' in identity) checkClientCertificate(identity);
  let withSystem = false;
  let contexts: { server?: tls.SecureContext; proxy?: tls.SecureContext } = {};

  const trusted = () => {
    if (!withSystem) return extra.length > 0 ? { ca: [...extra] } : {};
    // Naming any CA replaces the default ones, so all are named.
    return { ca: [...defaultCertificates(env), ...(systemCertificates() ?? []), ...extra] };
  };

  return {
    serverContext: () => {
      contexts.server ??= tls.createSecureContext({
        ...trusted(),
        ...(identity as tls.SecureContextOptions),
      });
      return contexts.server;
    },
    proxyContext: () => {
      contexts.proxy ??= tls.createSecureContext(trusted());
      return contexts.proxy;
    },
    addSystemCertificates: () => {
      if (withSystem || (extra.length === 0 && !systemCertificates()?.length)) return false;
      withSystem = true;
      contexts = {};
      return true;
    },
  };
}

/** The certificates of the operating system; undefined where this Node cannot read them. */
export function systemCertificates(): readonly string[] | undefined {
  return attempt(() => getCACertificates?.('system'));
}

function defaultCertificates(env: Environment): readonly string[] {
  if (getCACertificates !== undefined) return getCACertificates('default');
  // Node 20 adds NODE_EXTRA_CA_CERTS to its defaults, but does not list them.
  const path = env.NODE_EXTRA_CA_CERTS;
  if (path === undefined || path === '') return tls.rootCertificates;
  const extra = attempt(() => readRegularFile(path, largestText).octets.toString('utf8'));
  return extra === undefined ? tls.rootCertificates : [...tls.rootCertificates, extra];
}

/** The PEM blocks of a CA file, each read once. @throws ConfigError when there is none, or one cannot be read. */
export function readCertificates(pem: string): readonly string[] {
  const blocks = certificateBlocks(pem);
  if (blocks.length === 0) {
    throw new ConfigError('The CA file does not hold a PEM certificate.', {
      hint: 'Convert a binary file with: openssl x509 -inform der -in ca.cer -out ca.pem',
    });
  }
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw new ConfigError(
        say`Certificate ${index + 1} of ${blocks.length} in the CA file cannot be read.`,
        { cause: error },
      );
    }
  }
  return blocks;
}

/** Without an end, nothing behind a beginning is looked through again. */
function certificateBlocks(pem: string): readonly string[] {
  const begin = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g;
  const end = /-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;
  const blocks: string[] = [];
  for (let first = begin.exec(pem); first !== null; first = begin.exec(pem)) {
    end.lastIndex = begin.lastIndex;
    if (!end.test(pem)) break;
    blocks.push(pem.slice(first.index, end.lastIndex));
    begin.lastIndex = end.lastIndex;
  }
  return blocks;
}

function checkClientCertificate(identity: { readonly cert: string; readonly key: string }): void {
  const { cert, key } = identity;
  const hint = own('Both must be PEM. A .p12 or .pfx file holds both and is given as --cert alone.');
  if (certificateBlocks(cert).length === 0)
    throw new ConfigError('The file of --cert does not have a PEM certificate.', { hint });
  tryContext({ cert }, own('The TLS client certificate (--cert) cannot be read.'), hint);
  tryContext({ key }, own('The key of the TLS client certificate (--key) cannot be read.'), hint);
  tryContext(
    identity,
    own('The key (--key) does not belong to the TLS client certificate (--cert).'),
    own('Give the key the certificate was issued for; with a chain, the client certificate comes first.'),
  );
}

function tryContext(options: tls.SecureContextOptions, problem: Said, hint: Said): void {
  try {
    tls.createSecureContext(options);
  } catch (error) {
    throw new ConfigError(problem, { hint, cause: error });
  }
}
