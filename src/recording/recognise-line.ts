import { decodeJwt } from '../jose/jwt.ts';
import { looksBinary } from '../protocol/text-input.ts';
import { type Captured, exchangeOf, type InputKind, type Recognition } from './captured.ts';
import { urlKind, urlParameters } from './url-input.ts';

const longestUrl = 100_000;
const challengeField = /^(www-authenticate|proxy-authenticate)\s*:\s*(.*)$/is;
const credentialsField = /^(?:authorization\s*:\s*)?(?:bearer|dpop)\s+(\S+)$/i;
const locationField = /^(?:location|referer)\s*:\s*(\S+)$/i;

/** Recognises one line: a URL, a query string, a JWT, `Bearer …`, or a header field that holds one of them. */
export function recogniseLine(line: string, source: string, kind?: InputKind): Recognition {
  const text = unquote(line.trim());
  const challenge = challengeField.exec(text);
  if (challenge !== null) return recognised(challengeAlone(source, challenge[1] ?? '', challenge[2] ?? ''));
  const credentials = credentialsField.exec(text);
  if (credentials !== null) return recogniseToken(credentials[1] ?? '', source);
  const url = locationField.exec(text)?.[1] ?? text;
  if (kind === 'jwt' || /^ey[\w-]{5}[\w-]*\./.test(url))
    return recogniseToken(url.replace(/\s+/g, ''), source);
  if (kind === 'authorization_request') return recognised({ type: 'authorization_request', source, url });
  if (kind === 'callback') return recognised(callback(url, source));
  return recogniseUrl(url, source);
}

function recognised(captured: Captured): Recognition {
  return { type: 'recognised', captured: [captured] };
}

/** Quotes and backticks that were copied along, also the angle brackets of an e-mail. */
function unquote(text: string): string {
  const match = /^(["'`<])([\s\S]*)(["'`>])[,;]?$/.exec(text);
  return match === null || text.startsWith('</') ? text : (match[2] ?? text).trim();
}

function challengeAlone(source: string, name: string, value: string): Captured {
  const response = { status: null, headers: [[name, value.trim()] as const], body: null };
  return exchangeOf({ source, response });
}

function recogniseToken(text: string, source: string): Recognition {
  const decoded = decodeJwt(text);
  if (decoded.type !== 'invalid' || decoded.part !== 'parts') {
    return { type: 'recognised', captured: [{ type: 'jwt', source, text }] };
  }
  return {
    type: 'unrecognised',
    seen: `an opaque token of ${text.length} characters: only the server that issued it can say what it means`,
    hint: 'Ask the introspection endpoint of the server about it, or UserInfo with it.',
  };
}

function callback(url: string, source: string): Captured {
  const kind = urlKind(url);
  const hash = url.indexOf('#');
  return {
    type: 'callback',
    source,
    received:
      kind === 'callback_in_fragment'
        ? { method: 'FRAGMENT', url: url.slice(0, hash), fragment: url.slice(hash + 1) }
        : { method: 'PASTE', url },
    asked: {},
  };
}

function recogniseUrl(text: string, source: string): Recognition {
  const isUrl = /^[a-z][a-z\d+.-]*:\S+$/i.test(text) && text.length <= longestUrl;
  const isRelative = /^[/?#]\S*$/.test(text) && text.length <= longestUrl;
  const isQuery = /^[\w.-]{1,40}=\S*$/.test(text) && text.length <= longestUrl;
  if (!isUrl && !isRelative && !isQuery) return unrecognised(text);
  const url = isQuery ? `?${text}` : text;
  switch (urlKind(url)) {
    case 'authorization_request':
      return recognised({ type: 'authorization_request', source, url });
    case 'callback':
    case 'callback_in_fragment':
      return recognised(callback(url, source));
    case 'metadata':
      return {
        type: 'unrecognised',
        seen: 'the URL of a metadata document, and nothing is fetched here',
        hint: 'To fetch and check it: oauth-code discover ISSUER',
      };
    case 'other':
      return {
        type: 'unrecognised',
        seen: isUrl
          ? `a URL with ${parameterNames(url)}: neither an authorization request nor a callback`
          : `text with ${parameterNames(url)}: neither a callback nor a body`,
      };
  }
}

function parameterNames(url: string): string {
  const { query, fragment } = urlParameters(url);
  const names = [...new Set([...query, ...fragment].map(([name]) => name))]
    .filter((name) => /^[\w.-]{1,40}$/.test(name))
    .slice(0, 6);
  return names.length === 0 ? 'no parameters' : `the parameters ${names.join(', ')}`;
}

function unrecognised(text: string): Recognition {
  if (/^\s*<(?:!doctype|html)/i.test(text)) {
    return {
      type: 'unrecognised',
      seen: 'an HTML page',
      hint: 'If an endpoint answered with it, say which: --as token_response, userinfo or metadata.',
    };
  }
  if (/^-----BEGIN /.test(text)) return { type: 'unrecognised', seen: 'a PEM document, such as a key' };
  if (looksBinary(text)) return { type: 'unrecognised', seen: 'binary data' };
  const lines = text.split('\n', 3).length;
  const size = `${text.length} character${text.length === 1 ? '' : 's'}`;
  return {
    type: 'unrecognised',
    seen: lines > 1 ? `text of ${size} on several lines` : `text of ${size}`,
  };
}
