import type { FlowStep } from '../../client/middleware.ts';
import { CancelledError } from '../../errors.ts';
import type { ApproveRequest } from '../../flows/conversation.ts';
import { type HttpRequest, withoutQuery } from '../../http-message.ts';
import { createLayout, joinLines } from '../../output/layout.ts';
import type { Redactor } from '../../output/redact.ts';
import { renderRequest } from '../../output/render-exchange.ts';
import { inertText } from '../../output/terminal-text.ts';
import {
  changeHeader,
  changeParameter,
  readParameterOverride,
  requestParameters,
} from '../../protocol/parameters.ts';
import type { Invocation } from '../command.ts';
import { stepNames } from '../trace/tell-exchange.ts';

const help =
  'Return sends it. name=value changes a parameter, name= empties it, name takes it out; "Name: value" changes a ' +
  'header field, "Name:" takes it out; q ends the run.';

/**
 * Makes the question that is asked before each request: it shows the request, lets the person change it, and sends or
 * abandons it. It is asked on stderr and answered on stdin, one question at a time.
 */
export function stepThrough(
  { context, journal }: Invocation,
  redactor: Redactor | undefined,
): ApproveRequest {
  const { stderr } = context.terminal;
  const say = (text: string) => {
    const { paragraph, dim } = createLayout(stderr);
    stderr.write(joinLines(paragraph(text, { paint: dim })));
  };
  let asked = Promise.resolve();
  let helped = false;

  const ask: ApproveRequest = async (step, wanted) => {
    const name = step === 'authorization' ? 'Authorization request, in the browser' : stepNames[step];
    let request = wanted;
    let shown: HttpRequest | undefined;
    let seen = '';
    journal.told = true;
    for (;;) {
      if (shown !== request) {
        const seenNow = describe(name, request);
        stderr.write(seenNow);
        if (seenNow === seen) say('It is changed; what was typed is shown as a placeholder too.');
        seen = seenNow;
      }
      shown = request;
      if (!helped) say(help);
      helped = true;
      stderr.write('step> ');
      const line = await nextLine();
      if (line === '') return request;
      if (line === 'q') {
        say('Ended here: this request was not sent.');
        throw new CancelledError('SIGINT');
      }
      if (line === '?') say(help);
      else request = change(request, line, step, say);
    }
  };

  /** Parameters stand one a line, decoded: as they are typed here. */
  const describe = (name: string, request: HttpRequest): string => {
    const redacted =
      redactor === undefined
        ? request
        : {
            ...request,
            url: redactor.redactUrl(request.url),
            headers: redactor.redactHeaders(request.headers),
            body: redactor.redactBody(request.body ?? ''),
          };
    const parameters = requestParameters(redacted).map(([key, value]) => ({ name: key, value }));
    const { method, headers } = redacted;
    const url = withoutQuery(redacted.url);
    const { rows, mark, strong } = createLayout(stderr);
    return (
      `\n${mark('waiting')} ${strong(`${name}: about to be sent`)}\n\n` +
      `${renderRequest({ method, url, headers }, undefined, stderr)}${joinLines([...rows(parameters, 4), ''])}`
    );
  };

  const nextLine = async (): Promise<string> => {
    for await (const line of context.terminal.lines(context.signal)) return line.trim();
    context.signal.throwIfAborted();
    throw new CancelledError('SIGINT');
  };

  return (step, request) => {
    const answer = asked.then(() => ask(step, request));
    asked = answer.then(
      () => {},
      () => {},
    );
    return answer;
  };
}

function change(
  request: HttpRequest,
  line: string,
  step: FlowStep,
  say: (text: string) => void,
): HttpRequest {
  const inBrowser = step === 'authorization';
  const [, field, value = ''] = /^([\w!#$%&'*+.^`|~-]+):(?: +(.*)|)$/.exec(line) ?? [];
  if (field !== undefined && inBrowser)
    say('The browser sends its own header fields; only parameters can be changed.');
  else if (field !== undefined && !/^[\t\x20-\x7e]*$/.test(value))
    say('A header field can carry only printable ASCII. Nothing was changed.');
  else if (field !== undefined) return changeHeader(request, field, value);
  else if (/^[^=]*: /.test(line))
    say(`${inertText(line)} does not name a header field. Nothing was changed.`);
  else {
    const override = readParameterOverride(line);
    if (override?.name === 'state' && (inBrowser || step === 'par')) {
      say('The listener already waits for this state. To send another one, run again with --state VALUE.');
    } else if (
      override?.type === 'remove' &&
      !requestParameters(request).some(([name]) => name === override.name)
    ) {
      say(`There is no parameter ${inertText(line)}. ? shows what can be typed.`);
    } else if (override !== undefined) return changeParameter(request, override);
    else say(`${inertText(line)} has no parameter name.`);
  }
  return request;
}
