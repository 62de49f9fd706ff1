import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

const hourMs = 60 * 60 * 1000;

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const commonName = objectIdentifier('2.5.4.3');
const serverAuth = objectIdentifier('1.3.6.1.5.5.7.3.1');
const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/**
 * Makes a self-signed TLS server certificate for the loopback names and the given hosts (names, or addresses with
 * or without brackets), valid from an hour before `now` for a day, as PEM with its P-256 key (RFC 5280 §4).
 */
export function createThrowAwayCertificate(
  hosts: readonly string[],
  now: Date,
): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const publicKeyInfo = publicKey.export({ type: 'spki', format: 'der' });
  const notBefore = new Date(now.getTime() - hourMs);
  // As a UTF8String.
  const issuer = der(0x0c, Buffer.from('oauth-code throw-away certificate'));
  const name = sequence(der(0x31, sequence(commonName, issuer)));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, serialNumber()),
    ecdsaWithSha256,
    name,
    sequence(time(notBefore), time(new Date(notBefore.getTime() + 24 * hourMs))),
    name,
    publicKeyInfo,
    der(0xa3, sequence(...extensions(hosts, keyIdentifier(publicKeyInfo)))),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, ecdsaWithSha256, bitString(signature));
  return {
    cert: new X509Certificate(certificate).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function extensions(hosts: readonly string[], keyId: Buffer): Buffer[] {
  const names = [
    ...new Set(['localhost', '127.0.0.1', '::1', ...hosts.map((host) => host.replace(/^\[(.*)\]$/, '$1'))]),
  ];
  return [
    extension('basicConstraints', sequence(), 'critical'),
    extension('keyUsage', bitString(Uint8Array.of(0x80), 7), 'critical'),
    extension('extendedKeyUsage', sequence(serverAuth)),
    extension('subjectKeyIdentifier', der(0x04, keyId)),
    extension('authorityKeyIdentifier', sequence(der(0x80, keyId))),
    extension('subjectAltName', sequence(...names.map(generalName))),
  ];
}

function extension(id: keyof typeof extensionIds, value: Buffer, critical?: 'critical'): Buffer {
  const flag = critical === undefined ? [] : [der(0x01, Uint8Array.of(0xff))];
  return sequence(objectIdentifier(extensionIds[id]), ...flag, der(0x04, value));
}

/** RFC 5280 §4.2.1.6. */
function generalName(host: string): Buffer {
  return isIP(host) === 0 ? der(0x82, Buffer.from(host)) : der(0x87, addressOctets(host));
}

function addressOctets(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.').map(Number));
  // The URL parser writes every IPv6 address in hexadecimal groups with at most one `::`.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = groups(tail ?? '');
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** Positive and never the same twice (RFC 5280 §4.1.2.2). */
function serialNumber(): Buffer {
  const octets = randomBytes(16);
  octets.writeUInt8((octets.readUInt8(0) & 0x3f) | 0x40, 0);
  return octets;
}

/** The leftmost 160 bits of the SHA-256 of the public key's octets (RFC 7093 §2, method 1). */
function keyIdentifier(publicKeyInfo: Buffer): Buffer {
  const uncompressedPoint = publicKeyInfo.subarray(-65);
  return createHash('sha256').update(uncompressedPoint).digest().subarray(0, 20);
}

/** Encodes one element: tag, definite length, contents (X.690 §8.1, §10.1). */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(body.length)]), body]);
}

/** SEQUENCE (X.690 §8.9). */
function sequence(...elements: readonly Uint8Array[]): Buffer {
  return der(0x30, ...elements);
}

/** OBJECT IDENTIFIER from its dotted form (X.690 §8.19). */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Uint8Array.from(octets));
}

/** BIT STRING; `unusedBits` of the last octet do not count (X.690 §8.6). */
function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return der(0x03, Uint8Array.of(unusedBits), content);
}

/** UTCTime until 2049, GeneralizedTime afterwards, to the second (RFC 5280 §4.1.2.5). */
export function time(moment: Date): Buffer {
  const digits = moment.toISOString().replace(/\.\d+Z$|[-:T]/g, '');
  return moment.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`));
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let left = length; left > 0; left >>>= 8) octets.unshift(left & 0xff);
  return [0x80 | octets.length, ...octets];
}
