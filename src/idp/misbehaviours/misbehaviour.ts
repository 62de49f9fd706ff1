import { type CheckId, catalogue } from '../../checks/catalogue.ts';
import type { McpFault, McpPhase } from '../../output/documents.ts';
import type { Script } from './scripted-server.ts';

/** What a correct client does when it meets a misbehaviour. */
export const reactions = {
  refuse: 'refuses the login before the next request',
  ignore: 'ignores the answer and waits for a better one',
  unreadable: 'ends the login: the response has no tokens',
  error: 'shows the error as it came, and ends the login',
  report: 'goes on, and says what is odd',
  accept: 'goes on: the answer can be used',
} as const;

/** How `mcp` ends: where the chain breaks first, and who has to mend it. */
export type ChainExpectation = 'works' | 'open' | { readonly phase: McpPhase; readonly fault: McpFault };

/** One way in which an authorization server can be wrong. */
export interface Misbehaviour {
  /** Names it on the command line. */
  readonly id: string;
  /** A noun phrase, such as `an ID token signed with another key`. */
  readonly wrong: string;
  readonly reaction: keyof typeof reactions;
  /** Specification and section that it breaks. */
  readonly section: string;
  /** The checks that a login lists as failed or warned, in their order. */
  readonly checks: readonly CheckId[];
  /** Options of `login`, or of `mcp` where there is a resource, without which it does not show. */
  readonly options: readonly string[];
  readonly script: Script;
  /** What `mcp` finds; only where there is a resource. */
  readonly expects?: ChainExpectation;
}

/** A row of a table: the end of the id, what is wrong, how the server answers, failing checks, options of `login`. */
type MisbehaviourRow = readonly [
  id: string,
  wrong: string,
  script: Script,
  checks: readonly CheckId[],
  options?: readonly string[] | undefined,
];

/** Rows that fail one and the same check. */
export function failing(
  check: CheckId,
  rows: readonly (readonly [id: string, wrong: string, script: Script, options?: readonly string[]])[],
): readonly MisbehaviourRow[] {
  return rows.map(([id, wrong, script, options]) => [id, wrong, script, [check], options]);
}

/** What the rows of one table have in common. */
interface Subject {
  /** The start of every id. */
  readonly prefix: string;
  /** The start of every phrase. */
  readonly noun: string;
  readonly reaction: keyof typeof reactions;
  /** Specification and section, for rows that name no check. */
  readonly section?: string;
  /** Options of `login` without which none of them shows. */
  readonly options?: readonly string[];
}

/** Makes the misbehaviours of one subject; each breaks the section of its first check. */
export function faultsOf(
  { prefix, noun, reaction, section = '', options: common = [] }: Subject,
  rows: readonly MisbehaviourRow[],
): readonly Misbehaviour[] {
  return rows.map(([id, wrong, script, checks, options = common]) => ({
    id: `${prefix}-${id}`,
    wrong: `${noun} ${wrong}`,
    reaction,
    section: checks[0] === undefined ? section : catalogue[checks[0]].spec,
    checks,
    options,
    script,
  }));
}
