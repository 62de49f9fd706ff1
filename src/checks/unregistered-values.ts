import type { Parameters } from '../protocol/parameters.ts';
import { type Finding, finding } from './finding.ts';
import { quoted } from './shown-value.ts';

/** Values by parameter, of the specifications that define it and of those that add to it. */
const registered: Readonly<Record<string, readonly string[]>> = {
  // OIDC Core §3.1.2.1; Initiating User Registration 1.0 §4
  prompt: ['none', 'login', 'consent', 'select_account', 'create'],
  // OIDC Core §3.1.2.1
  display: ['page', 'popup', 'touch', 'wap'],
  // OAuth Multiple Response Types §2.1; Form Post Response Mode §2; JARM §2.3; OpenID4VP 1.0 §8.2, §8.3.1, App. A
  response_mode: [
    'query',
    'fragment',
    'form_post',
    'jwt',
    'query.jwt',
    'fragment.jwt',
    'form_post.jwt',
    'direct_post',
    'direct_post.jwt',
    'dc_api',
    'dc_api.jwt',
  ],
};

/**
 * Notes values of an authorization request that no specification defines; a server may know them all the same
 * (OIDC Core §3.1.2.1; OAuth Multiple Response Types §2.1).
 */
export function findUnregisteredValues(parameters: Parameters): Finding[] {
  return parameters.flatMap(([name, value]) => {
    const known = Object.hasOwn(registered, name) ? registered[name] : undefined;
    if (known === undefined) return [];
    const values = name === 'prompt' ? value.split(/\s+/) : [value];
    const unknown = values.filter((one) => one !== '' && !known.includes(one));
    if (unknown.length === 0) return [];
    const listed = unknown.slice(0, 4).map(quoted).join(', ');
    return finding(
      'request-value-unregistered',
      `${name} is ${listed}, which no specification defines; a server that does not know it refuses or ignores it. Defined are ${known.join(', ')}.`,
      `${name}=${listed}`,
    );
  });
}
