import type { McpBreak, McpDocument, McpFault, McpPhase } from './documents.ts';
import { createLayout, joinLines } from './layout.ts';
import { renderChecks, summarizeChecks } from './render-checks.ts';
import type { Looks } from './view.ts';
import { wrapNotice } from './width.ts';

/** A phase as it is called. */
export const phaseNames: Readonly<Record<McpPhase, string>> = {
  reach: 'Reach',
  challenge: 'Challenge',
  resource_metadata: 'Resource metadata',
  authorization_server: 'Authorization server',
  client: 'Client',
  authorization: 'Authorization',
  token: 'Token',
  call: 'Call',
};

const faultNames: Readonly<Record<McpFault, string>> = {
  server: 'the MCP server',
  authorization_server: 'the authorization server',
  client: 'the client: this command line, or how the client is registered',
  in_front: 'something in front of the server: a proxy, gateway or firewall',
  this_machine: 'this machine or its network',
};

/** Errors of an authorization that tell of the user; access_denied leaves open who said no (RFC 6749 §4.1.2.1, RFC 8628 §3.5). */
const ofUser: Readonly<Record<string, string | undefined>> = {
  access_denied: 'the user who was asked, or a rule of the authorization server',
  expired_token: 'the user, who did not finish the sign-in in time',
};

/** Who has to act, in words. */
export function ownerOf({ phase, fault }: McpBreak, { phases }: Pick<McpDocument, 'phases'>): string {
  const { oauth } = phases.find((one) => one.phase === phase)?.error ?? {};
  const isOfUser = phase === 'authorization' && fault === 'client';
  return (isOfUser && ofUser[oauth?.error ?? '']) || faultNames[fault];
}

const outcomes = {
  works: 'It works: the call was answered.',
  open: 'It needs no token: the server answers without one.',
  incomplete: 'Nothing is broken so far. A login is the next step: run it again without --no-login.',
} as const;

/** The verdict on an MCP server: each phase, then the first that is broken and what to change. */
export function renderMcp(document: McpDocument, looks: Looks, next?: string): string {
  const layout = createLayout(looks);
  const { url, verdict, phases, checks } = document;
  const { outcome, first_broken: broken } = verdict;
  const unseen = phases.filter(({ outcome: ended }) => ended === 'skipped');
  const said = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [...layout.heading(title), ...lines.flatMap((line) => layout.paragraph(line))];
  return joinLines([
    ...layout.headline(broken === null ? 'pass' : 'fail', url),
    '',
    ...phases
      .filter(({ outcome: ended }) => ended !== 'skipped')
      .flatMap(({ phase, outcome: ended, text, spec }) => {
        const judged = { title: phaseNames[phase], detail: text, spec };
        const shown = { ...judged, mark: layout.mark(ended), paint: layout.tone(ended) };
        return layout.judgementHead(shown, true) ?? layout.judgement(shown);
      }),
    ...(unseen.length === 0
      ? []
      : layout.paragraph(`${unseen.map(({ phase }) => phaseNames[phase]).join(', ')}: ${unseen[0]?.text}`, {
          indent: 4,
          lead: layout.mark('skipped'),
        })),
    // The phases have told the worst of them.
    ...(looks.allChecks === true
      ? renderChecks(checks, layout)
      : layout.heading('Checks', { text: summarizeChecks(checks) })),
    ...(broken === null
      ? [
          '',
          ...layout.paragraph(outcomes[outcome as keyof typeof outcomes]),
          ...(next === undefined ? [] : layout.paragraph(`next: ${next}`, { wrap: wrapNotice })),
        ]
      : [
          ...said(`First broken step: ${phaseNames[broken.phase]}`, [broken.statement]),
          ...said(broken.confidence === 'high' ? 'Whose fault' : 'Whose fault, most likely', [
            ownerOf(broken, document),
          ]),
          ...said('What speaks for it', broken.evidence),
          ...said(
            'Ruled out',
            broken.ruled_out.map(({ cause, evidence }) => `${cause} ${evidence}`),
          ),
          ...said('What to change', [broken.try]),
        ]),
  ]);
}
