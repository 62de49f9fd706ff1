import { InvalidResponseError } from '../errors.ts';
import { type HttpResponse, headerValue, isUrl } from '../http-message.ts';
import { joined, own, recall, type Said, say } from '../say.ts';
import type { ServerSettings } from './login-settings.ts';

/** An answer in which there was no metadata. */
export interface AnswerWithoutMetadata {
  readonly url: string;
  readonly response: HttpResponse;
}

/** The error for a server without metadata; the first answer that tells more than "not there" says what to do. */
export function metadataNotFound(
  { issuer }: ServerSettings,
  attempts: readonly { readonly url: string; readonly result: string }[],
  answers: readonly AnswerWithoutMetadata[],
): InvalidResponseError {
  const tried = joined(
    attempts.map(({ url, result }) => say`${url} (${recall(result)})`),
    '; ',
  );
  const [hint] = answers.flatMap((answer) => whatToDo(answer) ?? []);
  return new InvalidResponseError(
    say`No metadata was found${issuer === undefined ? '' : say` for ${issuer}`}: ${tried}.`,
    {
      step: 'discovery',
      hint:
        hint ??
        own(
          'Check the issuer: it is the value of "iss" in the server\'s tokens. If the document is elsewhere, use ' +
            '--metadata-url URL; if there is none, give --authorization-endpoint URL and --token-endpoint URL.',
        ),
    },
  );
}

function whatToDo({ url, response: { status, headers, body } }: AnswerWithoutMetadata): Said | undefined {
  if (status === 429 || status >= 500) {
    const what = status === 429 ? 'limits how often it is asked' : 'failed';
    const wait = headerValue(headers, 'retry-after');
    const when = wait === undefined ? own('later') : say`after ${wait}${own(/^\d+$/.test(wait) ? ' s' : '')}`;
    return say`The server ${own(what)} (status ${status}). The issuer may be right. Try again ${when}.`;
  }
  const location = headerValue(headers, 'location');
  if (status >= 300 && status < 400 && location !== undefined && isUrl(location, url)) {
    const target = new URL(location, url).href;
    const [, issuer] = /^(.*)\/\.well-known\/openid-configuration$/.exec(target) ?? [];
    return issuer === undefined
      ? say`Redirects are not followed. It points to ${target} (a login page?). If the metadata is there: --metadata-url ${target}`
      : say`Redirects are not followed. Use the server it points to: --issuer ${issuer}`;
  }
  const isHtml =
    /html/i.test(headerValue(headers, 'content-type') ?? '') || /^\s*<(?:!doctype|html)/i.test(body);
  if (isHtml && ![404, 405, 410].includes(status)) {
    return own(
      'A web page answered: that of a proxy, a firewall or a login page. -v shows it. Check the network and the ' +
        'issuer; if the metadata is elsewhere, use --metadata-url URL.',
    );
  }
  return undefined;
}
