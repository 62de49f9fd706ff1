import type { DiscoveredServer } from '../../flows/discover-metadata.ts';
import { textListMember } from '../../json/json.ts';
import { splitScope } from '../../protocol/parameters.ts';
import type { FoundServer } from './ask-server.ts';
import type { Known, Wizard } from './wizard.ts';

const usual = new Set(['openid', 'profile', 'email']);

/** Asks for the scopes, and whether a refresh token is wanted; both in the way that server wants it. */
export async function askAccess(wizard: Wizard, { discovered, known }: FoundServer): Promise<void> {
  const { given, answers } = wizard;
  if (given.list('scope').length > 0) return;
  const refresh = refreshBy(discovered, known);
  const scopes = known?.separator === 'none' ? [] : await askScopes(wizard, discovered, refresh?.scope);
  const wanted = refresh !== undefined && (await wantsRefresh(wizard));
  const all = [...new Set([...scopes, ...(wanted && refresh.scope !== undefined ? [refresh.scope] : [])])];
  const params = [
    ...given.list('param'),
    ...(wanted ? (refresh.params ?? []) : []),
    ...(known?.separator === 'comma' && all.length > 1 ? [`scope=${all.join(',')}`] : []),
  ];
  if (all.length > 0) answers.set('scope', [all.join(' ')]);
  if (params.length > 0) answers.set('param', params);
}

/** What yields a refresh token: as is known, else offline_access where it is supported (OIDC Core §11). */
function refreshBy(
  { metadata }: DiscoveredServer,
  known: Known,
): { readonly scope?: string; readonly params?: readonly string[] } | undefined {
  if (known?.refresh !== undefined) return known.refresh.type === 'ask' ? known.refresh : undefined;
  const supported = textListMember(metadata, 'scopes_supported')?.includes('offline_access');
  return supported ? { scope: 'offline_access' } : undefined;
}

async function askScopes(
  { invocation }: Wizard,
  { metadata, openid }: DiscoveredServer,
  refreshScope: string | undefined,
): Promise<readonly string[]> {
  const { prompt } = invocation.context;
  const supported = textListMember(metadata, 'scopes_supported')?.filter((scope) => scope !== refreshScope);
  if (supported !== undefined && supported.length > 0) {
    return prompt.chooseMany(
      'Scopes',
      supported.map((scope) => ({ value: scope, name: scope, checked: openid && usual.has(scope) })),
    );
  }
  return splitScope(
    await prompt.line('Scopes, separated by spaces', openid ? { preset: 'openid profile email' } : {}),
  );
}

async function wantsRefresh({ invocation }: Wizard): Promise<boolean> {
  const answer = await invocation.context.prompt.choose('Should the token be renewed without you later on?', [
    { value: 'yes', name: 'Yes, ask for a refresh token' },
    { value: 'no', name: 'No' },
  ]);
  return answer === 'yes';
}
