import { ownMember } from '../../json/own-member.ts';

/** What the registered parameters of requests and responses are for (IANA OAuth Parameters). */
const meanings: Readonly<Record<string, string>> = {
  acr_values: 'wanted authentication contexts',
  assertion: 'the assertion that is exchanged for a token',
  audience: 'whom the token is to be for',
  authorization_details: 'fine-grained request',
  claims: 'claims that are asked for one by one',
  client_assertion: 'proves the client with a signature',
  client_assertion_type: 'the kind of client_assertion',
  client_id: 'which client asks',
  client_secret: 'proves the client',
  code: 'to be exchanged for tokens, once',
  code_challenge: 'hash of the code_verifier (PKCE)',
  code_challenge_method: 'how code_challenge was made',
  code_verifier: 'shows that who redeems the code asked for it (PKCE)',
  device_code: 'which device waits',
  display: 'how pages are to be shown',
  error: 'why the request was refused',
  error_description: 'the same for people',
  error_uri: 'a page about it',
  expires_in: 'lifetime in seconds',
  grant_type: 'what is exchanged for tokens',
  id_token_hint: 'who is expected to be signed in',
  iss: 'which server answered',
  login_hint: 'who is expected to sign in',
  max_age: 'longest time since the person authenticated, in seconds',
  nonce: 'comes back in the ID token of this login only',
  prompt: 'what the person is to be asked',
  redirect_uri: 'where the answer goes; must be registered',
  refresh_token: 'to be exchanged for new tokens',
  request: 'the request as a signed object',
  request_uri: 'where the request was put before',
  resource: 'the API that the token is for',
  response_mode: 'how the answer travels',
  response_type: 'what is to come back',
  scope: 'what access is asked for',
  session_state: 'state of the session at the server',
  state: 'must come back unchanged: ties the answer to this request',
  token: 'the token that is asked about',
  token_type_hint: 'what kind it is',
  ui_locales: 'preferred languages',
  user_code: 'what the person types',
};

/** A parameter in a few words; undefined when it is not registered. */
export function parameterMeaning(name: string): string | undefined {
  return ownMember(meanings, name);
}
