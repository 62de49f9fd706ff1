import { UsageError } from '../errors.ts';
import { say } from '../say.ts';
import { type OptionTable, repeatable, usual } from '../settings/option-reader.ts';
import {
  dpopOptions,
  grantInputOptions,
  grantOptions,
  outputOptions,
  storeOptions,
} from '../settings/options.ts';
import { accessTokenOptions, freshnessOptions, sessionOptionGroups } from '../settings/session-options.ts';
import { defineCommand } from './command.ts';

const requestOptions: OptionTable = {
  '-H, --header <line>': usual(repeatable('"Name: value"; "Name:" leaves one out; repeatable')),
  '--query <k=v>': usual(repeatable('add this to the query of the URL; repeatable')),
  '-d, --data <text>': repeatable(
    'form data, @FILE or @- for stdin; POST unless a method is given; repeatable, joined by &',
  ),
  '--data-json <json>': usual('a JSON body, @FILE or @- for stdin'),
  '--file <file>': usual('the octets of a file as the body, or - for stdin'),
};

const answerOptions: OptionTable = {
  '-i, --include': usual('print status and headers of the answer before its body'),
  '-I, --head': 'ask with HEAD, and print status and headers',
  '--follow': 'follow up to 5 redirects of GET or HEAD within the origin',
  '--fail': 'exit 3 for any status from 400 on, not only for a refused token',
};

const stepUpOptions: OptionTable = {
  '--step-up': 'log in anew when the API wants another login or more scope, then ask once more',
};

const examples = `
Examples:
  $ oauth-code request https://api.example.com/me -p work
  $ oauth-code request https://api.example.com/items --query state=open -p work | jq .
  $ oauth-code request POST https://api.example.com/items --data-json '{"name":"x"}' -p work
  $ oauth-code request PUT https://api.example.com/photo --file photo.jpg -H 'Content-Type: image/jpeg'

The body goes to stdout as it came, status and time to stderr. The token goes to no other origin,
and over http to this machine only. Exit 3: the API refused the token, and stdout stays empty.`;

/** Gives `request` its arguments, options and action. */
export const define = defineCommand({
  description:
    'Call an API with an access token that is valid now, and explain it when the API refuses the token.',
  usage: '[METHOD] URL [-p NAME | --issuer URL --client-id ID] [options]',
  words: {
    '<method-or-url>': 'the method, default GET, or POST with a body; or the URL',
    '[url]': 'the URL, when a method goes before it',
  },
  groups: [
    ['Request:', requestOptions],
    ['Answer:', answerOptions],
    [
      'Token:',
      {
        ...stepUpOptions,
        ...accessTokenOptions,
        ...freshnessOptions,
        ...grantOptions,
        ...grantInputOptions,
        ...dpopOptions,
        ...storeOptions,
      },
    ],
    ...sessionOptionGroups,
    ['Output:', outputOptions],
  ],
  notes: examples,
  async action({ settle }, [first = '', second]) {
    const { settleRequest } = await import('../settings/settle-request.ts');
    const { runRequest } = await import('./use/run-request.ts');
    if (second !== undefined && /^https?:/i.test(first) && /^[A-Z]+$/.test(second)) {
      throw new UsageError('The method goes before the URL.', {
        hint: say`Write: oauth-code request ${second} ${first}`,
      });
    }
    const given = second === undefined ? { url: first } : { method: first, url: second };
    const settled = await settle((options, run) => settleRequest(given, options, run));
    await runRequest(...settled);
  },
});
