import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, as PEM texts and as the next certificate's issuer. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

interface Wanted {
  readonly name: string;
  /** Subject alternative names: IPv4 addresses or host names. */
  readonly altNames?: readonly string[];
  readonly isCa?: boolean;
  readonly issuer?: TestCertificate;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const day = 86_400_000;

/** Issues an X.509 certificate with a new P-256 key, self-signed unless an issuer is given (RFC 5280 §4.1). */
export function issueCertificate(wanted: Wanted): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const notBefore = wanted.notBefore ?? new Date(Date.now() - day);
  const notAfter = wanted.notAfter ?? new Date(Date.now() + day);
  const algorithm = der(0x30, objectId('1.2.840.10045.4.3.2'));
  const extensions = [
    extension('2.5.29.19', der(0x30, ...(wanted.isCa === true ? [der(0x01, Buffer.of(0xff))] : []))),
  ];
  if (wanted.altNames !== undefined) {
    extensions.push(extension('2.5.29.17', der(0x30, ...wanted.altNames.map(altName))));
  }
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    distinguishedName(wanted.issuer?.name ?? wanted.name),
    der(0x30, time(notBefore), time(notAfter)),
    distinguishedName(wanted.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = sign('sha256', toBeSigned, wanted.issuer?.privateKey ?? privateKey);
  const certificate = der(0x30, toBeSigned, algorithm, der(0x03, Buffer.of(0), signature));
  return {
    cert: pem('CERTIFICATE', certificate),
    key: pem('PRIVATE KEY', privateKey.export({ type: 'pkcs8', format: 'der' })),
    name: wanted.name,
    privateKey,
  };
}

/** Certificates of a server on loopback and of its client, and those that it has to refuse. */
export function issueCertificates() {
  const client = { name: 'client', altNames: ['client.example'] };
  return {
    server: issueCertificate({ name: 'server', altNames: ['127.0.0.1', 'localhost'], isCa: true }),
    client: issueCertificate(client),
    stranger: issueCertificate({ name: 'stranger' }),
    expired: issueCertificate({
      ...client,
      notBefore: new Date('2020-01-01'),
      notAfter: new Date('2021-01-01'),
    }),
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = rest.flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.of(first * 40 + second, ...octets));
}

function extension(id: string, value: Buffer): Buffer {
  return der(0x30, objectId(id), der(0x04, value));
}

function altName(name: string): Buffer {
  return /^[\d.]+$/.test(name)
    ? der(0x87, Buffer.from(name.split('.').map(Number)))
    : der(0x82, Buffer.from(name));
}

function distinguishedName(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, objectId('2.5.4.3'), der(0x0c, Buffer.from(name)))));
}

function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]|\..*$/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2)}Z`));
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
