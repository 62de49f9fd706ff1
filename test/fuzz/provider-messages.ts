import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An exchange as `provider-responses` saves it. */
export interface SavedCase {
  readonly endpoint: string;
  readonly request: object;
  readonly response: {
    readonly status: number | null;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly callback?: { readonly url: string };
}

/** What providers answered. */
export const savedCases: readonly SavedCase[] = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'provider-responses.json'), 'utf8'),
);

/** The bodies of an endpoint, and the others behind them: each reader meets what is meant for another. */
export function bodiesFrom(endpoint: string): readonly string[] {
  const own = savedCases.filter((saved) => saved.endpoint === endpoint);
  const all = [...own, ...own, ...own, ...savedCases].map(({ response }) => response.body);
  return all.filter((body) => body !== '');
}

/** The URLs that browsers were sent back to. */
export const callbackUrls: readonly string[] = savedCases.flatMap(({ callback }) =>
  callback === undefined ? [] : [callback.url],
);

/** A case as `curl -i` prints it. */
export function asCurl({ response: { status, headers, body } }: SavedCase): string {
  return [
    `HTTP/1.1 ${status ?? 302} X`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
}

/** A case as `curl -v` prints it. */
export function asVerboseCurl(saved: SavedCase): string {
  const sent = ['POST /token HTTP/1.1', 'Host: as.example', 'Authorization: Basic YTpi', '', ''];
  const [head = '', ...body] = asCurl(saved).split('\r\n\r\n');
  return [
    '* Connected to as.example (192.0.2.1) port 443',
    ...sent.map((line) => `> ${line}`),
    '{ [5 bytes data]',
    ...head.split('\r\n').map((line) => `< ${line}`),
    '< ',
    body.join('\r\n\r\n'),
    '* Connection #0 to host as.example left intact',
  ].join('\n');
}

/** Cases as devtools save them. */
export function asHar(cases: readonly SavedCase[]): string {
  return JSON.stringify({ log: { version: '1.2', entries: cases.map(harEntry) } });
}

function harEntry(saved: SavedCase, index: number): object {
  const { response } = saved;
  return {
    startedDateTime: '2026-11-20T10:00:00Z',
    time: index,
    request: {
      method: 'POST',
      url: saved.callback?.url ?? 'https://as.example/token?response_type=code&client_id=a&state=s',
      headers: [{ name: 'authorization', value: 'Basic YTpi' }],
      postData: {
        mimeType: 'application/x-www-form-urlencoded',
        text: 'grant_type=authorization_code&code=abc&code_verifier=x&redirect_uri=https%3A%2F%2Fa',
        params: [{ name: 'code', value: 'abc' }],
      },
    },
    response: {
      status: response.status ?? 302,
      headers: Object.entries(response.headers).map(([name, value]) => ({ name, value })),
      redirectURL: 'https://a?code=abc&state=s',
      content:
        index % 3 === 0
          ? { size: 1, text: Buffer.from(response.body).toString('base64'), encoding: 'base64' }
          : { size: 1, text: response.body },
    },
  };
}
