import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { RedirectSettings } from '../flows/login-settings.ts';
import { readRedirectUri, withPort } from '../protocol/redirect-uri.ts';
import { defaultRedirectUri } from './login-options.ts';
import type { OptionReader } from './option-reader.ts';
import { readNamedFile } from './read-named-file.ts';

/**
 * Settles the redirect URI and where to listen for it.
 * @throws UsageError when nothing here could receive the answer.
 */
export async function settleRedirect(options: OptionReader, context: Context): Promise<RedirectSettings> {
  const uri = options.text('redirect-uri') ?? defaultRedirectUri;
  const source = options.source('redirect-uri');
  const read = readRedirectUri(uri);
  if (read === undefined) {
    throw new UsageError(`${source} is no absolute URI without a fragment: ${uri}`, {
      hint: `For example: ${defaultRedirectUri}`,
    });
  }
  const bind = settleBind(options);
  const listening = read.loopback || (bind !== undefined && /^https?$/.test(read.scheme));
  if (!listening && bind !== undefined) {
    throw new UsageError(`--listen cannot serve ${uri}, which is no http or https URL.`);
  }
  if (!listening && !(context.terminal.stdinIsTTY && !options.isOn('no-input'))) {
    throw new UsageError(
      `${uri} does not lead to this machine, and there is no terminal to paste the answer into.`,
      {
        hint: 'Use a loopback redirect URI, or --listen ADDRESS:PORT where a proxy forwards that URI to.',
      },
    );
  }
  const ports = options.text('port');
  const own = Number(new URL(uri).port || (read.scheme === 'https' ? 443 : 80));
  const wanted = ports === undefined ? [own] : portList(ports, options.source('port'));
  const tried = listening ? wanted : [];
  const [first] = tried;
  const tls = await settleTls(options, context);
  return {
    uri: ports === undefined || first === undefined || !read.loopback ? uri : withPort(uri, first),
    ports: tried,
    ...(bind === undefined ? {} : { bind }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function portList(text: string, source: string): readonly number[] {
  const ports = text.split(',').map((part) => part.trim());
  if (ports.every((port) => /^\d{1,5}$/.test(port) && Number(port) <= 65_535)) return ports.map(Number);
  throw new UsageError(`${source} is "${text}".`, {
    hint: 'Give ports from 0 to 65535, such as --port 8378,8379.',
  });
}

function settleBind(options: OptionReader): RedirectSettings['bind'] {
  const text = options.text('listen');
  if (text === undefined) return undefined;
  const match = /^(\[[0-9a-f:.]+\]|[^:]+):(\d{1,5})$/i.exec(text);
  if (match === null || Number(match[2]) > 65_535) {
    throw new UsageError(`${options.source('listen')} is "${text}".`, {
      hint: 'Write ADDRESS:PORT, such as 0.0.0.0:8378 or [::]:8378.',
    });
  }
  return { address: (match[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(match[2]) };
}

async function settleTls(options: OptionReader, context: Context): Promise<RedirectSettings['tls']> {
  const [cert, key] = [options.text('tls-cert'), options.text('tls-key')];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UsageError(
      `${options.source(cert === undefined ? 'tls-key' : 'tls-cert')} needs --tls-${cert === undefined ? 'cert' : 'key'} too.`,
      { hint: 'Without both, an https redirect URI gets a throw-away certificate.' },
    );
  }
  const read = (path: string, name: string, wants: string) =>
    readNamedFile(path, { source: options.source(name), wants }, context);
  return {
    cert: await read(cert, 'tls-cert', 'the certificate of the listener, in PEM'),
    key: await read(key, 'tls-key', 'the private key of that certificate, in PEM'),
  };
}
