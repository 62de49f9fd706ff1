import { isRepeatable } from '../../client/grants.ts';
import { shellWord } from '../../output/trace/shell-text.ts';
import type { WantedSession } from '../../storage/find-session.ts';
import type { SavedSession, SessionOwner } from '../../storage/session-file.ts';

/** The command line that prints the token of a session. */
export function tokenCommand(owner: SessionOwner): string {
  return ['oauth-code token', ...ownerWords(owner)].join(' ');
}

/** The command line that asks an API with the token of a session. */
export function requestCommand(owner: SessionOwner, url: string): string {
  return ['oauth-code request', shellWord(url), ...ownerWords(owner)].join(' ');
}

/** The command line that logs in for a session, or gets its token where no user takes part. */
export function loginCommand(
  owner: SessionOwner,
  {
    login_options: options = [],
    grant_type: sessionGrant,
  }: Pick<SavedSession, 'login_options'> & Partial<Pick<SavedSession, 'grant_type'>> = {},
  { scope, resource, beside, grantType = sessionGrant }: Partial<WantedSession> = {},
): string {
  return [
    isRepeatable(grantType) ? 'oauth-code token' : 'oauth-code login',
    ...ownerWords(owner),
    ...[...options, ...(beside ?? [])].flatMap(([name, ...values]) => [
      `--${name}`,
      ...values.map((value) => shellWord(value)),
    ]),
    ...(scope === undefined || scope.length === 0 ? [] : ['--scope', `"${scope.join(' ')}"`]),
    ...(resource ?? []).flatMap((uri) => ['--resource', shellWord(uri)]),
  ].join(' ');
}

function ownerWords(owner: SessionOwner): readonly string[] {
  return owner.type === 'profile'
    ? ['-p', owner.name]
    : ['--issuer', shellWord(owner.issuer), '--client-id', shellWord(owner.clientId)];
}
