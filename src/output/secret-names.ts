/** Members and parameters whose value is a credential wherever they stand, in lower case without `_` and `-`. */
const secretMembers = new Set([
  'accesstoken',
  'actortoken',
  'assertion',
  'authreqid',
  'clientassertion',
  'clientsecret',
  'codeverifier',
  'devicecode',
  'devicesecret',
  'idtoken',
  'idtokenhint',
  'initialaccesstoken',
  'loginhinttoken',
  'logouttoken',
  'oauthtoken',
  'password',
  'refreshtoken',
  'registrationaccesstoken',
  'subjecttoken',
]);

/** Further parameters of URLs and forms; in JSON these names mean other things. */
const secretParameters = new Set(['code', 'request', 'response', 'token']);

/** Tells whether a JSON or XML member holds a credential, in whichever spelling: `access_token`, `accessToken`. */
export function isSecretMember(name: string): boolean {
  return secretMembers.has(normalize(name));
}

/** Tells whether a parameter of a query, fragment or form holds a credential. */
export function isSecretParameter(name: string): boolean {
  const normalized = normalize(name);
  return secretMembers.has(normalized) || secretParameters.has(normalized);
}

function normalize(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}
