import { ownMember } from '../json/json.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { rowsOf } from './layout.ts';

/** The data of this login that a step is explained with. */
export interface StepFacts {
  /** Where the request goes. */
  readonly url: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly clientId: string;
  readonly redirectUri: string;
  /** Whether the client proves itself by more than its name. */
  readonly confidential: boolean;
  /** Whether a DPoP proof goes with the request. */
  readonly proven: boolean;
  /** Whether it shows a TLS certificate. */
  readonly certificate: boolean;
}

type Explain = (facts: StepFacts) => {
  readonly title: string;
  readonly what: string;
  readonly why: string;
  readonly sees: readonly (readonly [who: string, what: string])[];
  readonly spec: string;
};

const steps: Readonly<Record<string, Explain>> = {
  discovery: ({ url }) => ({
    title: 'Ask the server what it can do',
    what: `oauth-code asks ${hostOf(url)} for its metadata: a public JSON document.`,
    why:
      'It says where the other endpoints are, where the keys are and what is supported, so that none of that has ' +
      'to be configured. It must name the very issuer that was asked for: otherwise one server could pose as another.',
    sees: [['the server', 'that a request came; not which client or user it is for']],
    spec: 'OIDC Discovery §4, RFC 8414 §3',
  }),
  keys: ({ url }) => ({
    title: 'Fetch the public keys of the server',
    what: `oauth-code fetches the keys that ${hostOf(url)} signs its tokens with.`,
    why:
      'The ID token will come with a signature. Only these keys show whether the server made it, and whether ' +
      'it was changed since.',
    sees: [['the server', 'that a request came; the keys are public']],
    spec: 'OIDC Core §10.1, RFC 7517 §5',
  }),
  registration: ({ url }) => ({
    title: 'Register a client for this session',
    what: `oauth-code asks ${hostOf(url)} for a client with the redirect URI of this login.`,
    why: 'The server gives it an identifier, and a token with which it is deleted when the session ends.',
    sees: [['the server', 'the name, redirect URI and grants of the client']],
    spec: 'RFC 7591 §3, RFC 7592 §2.3',
  }),
  par: ({ url, confidential }) => ({
    title: 'Hand the request to the server first',
    what: `oauth-code pushes all that it asks for to ${hostOf(url)}, straight from this machine, and gets a URI that stands for it.`,
    why: sentences(
      'The address in the browser has the URI alone: what is asked for can be neither read nor changed there.',
      confidential
        ? 'The client also authenticates, so that the server knows who asks before the user signs in.'
        : 'The client has no secret: it is public, and names itself only.',
      'The URI is good once and for a short time.',
    ),
    sees: [
      ['your browser', 'nothing of this'],
      ['the server', 'what is asked for, and how the client authenticates'],
    ],
    spec: 'RFC 9126 §2, §4',
  }),
  authorization: ({ url, parameters, clientId, redirectUri }) => ({
    title: 'Send you to the server to sign in',
    what:
      `Your browser goes to ${hostOf(url)}. The client ${quote(clientId)} asks for ` +
      `${isSealed(parameters) ? 'what its request object says' : `the scope ${quote(parameterValue(parameters, 'scope') ?? 'none')}`}; the answer is to come to ${redirectUri}.`,
    why: sentences(
      'You sign in there and not here: no password of yours ever comes to the client.',
      has(parameters, 'state') &&
        'The state comes back with the answer, so that an answer to another request is noticed.',
      isFrontChannel(parameters) &&
        'Tokens come back through the browser, where its history, extensions and pages may see them; the nonce and the hashes in the ID token are what protects them.',
      has(parameters, 'code_challenge')
        ? 'The code_challenge is the hash of a secret that stays here: without that secret a stolen code is worth nothing (PKCE).'
        : !isSealed(parameters) &&
            asksFor(parameters, 'code') &&
            'There is no code_challenge: a stolen code can be used (no PKCE).',
      has(parameters, 'dpop_jkt') &&
        'dpop_jkt is the thumbprint of a key that stays here: the code can be redeemed with that key alone (DPoP).',
      has(parameters, 'nonce') &&
        'The nonce comes back in the ID token, so that the token of another login is noticed.',
    ),
    sees: [
      ['your browser', 'the whole address, in its history too; no secret is in it'],
      ['the server', 'who signs in, for which client, and what for'],
      ['oauth-code', 'nothing until you come back'],
    ],
    spec: isFrontChannel(parameters)
      ? `OIDC Core ${asksFor(parameters, 'code') ? '§3.3.2.1, RFC 7636 §4.3' : '§3.2.2.1'}, RFC 9700 §2.1.2`
      : 'RFC 6749 §4.1.1, RFC 7636 §4.3, OIDC Core §3.1.2.1',
  }),
  device_authorization: ({ url }) => ({
    title: 'Ask for a code for you and one for this program',
    what: `oauth-code asks ${hostOf(url)} for two codes: a short one that you enter at an address, and a long one that stays here.`,
    why:
      'You sign in on any device, so that neither a browser nor a redirect URI is needed here. The server connects your ' +
      'short code with this request. A stranger who talks you into entering the code of a login of theirs gets your tokens: ' +
      'enter one only for a login that you started.',
    sees: [
      ['your other device', 'the short code'],
      ['the server', 'which client asks, and what for'],
    ],
    spec: 'RFC 8628 §3.1, §3.2, §5.4',
  }),
  backchannel_authentication: ({ url }) => ({
    title: 'Ask the server to ask the user',
    what: `oauth-code tells ${hostOf(url)} who is to sign in. The server reaches that user by itself, such as on a phone.`,
    why: 'The user may be anywhere. The binding message, shown on both sides, tells them that it is this request.',
    sees: [['the server', 'which client asks, for which user, and what for']],
    spec: 'CIBA Core §7.1',
  }),
  poll: ({ url }) => ({
    title: 'Ask whether the user has decided',
    what: `oauth-code asks ${hostOf(url)} again and again, at the pace that the server wants, until there are tokens or a refusal.`,
    why: 'Nothing comes back through a browser here, so the program has to ask. authorization_pending means: not yet.',
    sees: [
      ['the server', 'the long code, and how the client authenticates'],
      ['oauth-code', 'the tokens in the last answer'],
    ],
    spec: 'RFC 8628 §3.4, §3.5; CIBA Core §10.1',
  }),
  token: ({ url, parameters, redirectUri, confidential, certificate }) => ({
    title: 'Exchange the code for tokens',
    what: `Your browser came back to ${redirectUri} with a code. oauth-code now sends it to ${hostOf(url)}, straight from this machine.`,
    why: sentences(
      'The code went through the browser, where others may see it; the tokens of this answer do not.',
      'It is good once and for a short time.',
      has(parameters, 'code_verifier') &&
        'The code_verifier is the secret whose hash was sent before: it shows that the client that asked is the one that redeems.',
      confidential
        ? 'The client also authenticates, so that another client cannot redeem the code in its name.'
        : !certificate &&
            'The client has no secret: it is public, and only the code_verifier protects the code.',
      certificate &&
        'The client shows its TLS certificate: the server may take it as its proof, and bind the tokens to it.',
      has(parameters, 'redirect_uri') && 'The redirect_uri must be the same as before, to the octet.',
    ),
    sees: [
      ['your browser', 'nothing of this'],
      ['the server', 'the code, who redeems it, and how the client authenticates'],
      ['oauth-code', 'the tokens in the answer'],
    ],
    spec: 'RFC 6749 §4.1.3, RFC 7636 §4.5',
  }),
  id_token: ({ clientId }) => ({
    title: 'Check who signed in',
    what: 'Nothing is sent. The ID token says who signed in, and is checked before that is believed.',
    why:
      'Its signature must be of a key of the server; it must come from this issuer, be made for ' +
      `${quote(clientId)} and for this login (nonce), and be neither too old nor from the future. A client that ` +
      'leaves one of these out can be shown the token of another.',
    sees: [['oauth-code', 'what the token says']],
    spec: 'OIDC Core §3.1.3.7',
  }),
  userinfo: ({ url, proven }) => ({
    title: 'Ask for more about the person',
    what: `oauth-code calls ${hostOf(url)} with the access token, as any API would be called.`,
    why:
      'UserInfo may hold more than the ID token, such as a name or an address. Its sub must be that of the ID ' +
      'token: otherwise it describes another user.',
    sees: [
      [
        'the server',
        proven
          ? 'the access token; without a proof of its key it is worth nothing'
          : 'the access token; every holder of it can ask the same',
      ],
    ],
    spec: 'OIDC Core §5.3, RFC 6750 §2.1',
  }),
};

const proof =
  'The DPoP header is a proof for this one request: its method, its URL and the time, signed with a key that never ' +
  'leaves this machine. Tokens that are bound to the key are of no use to a thief who lacks it.';

/** Explains what a step of a login is about to do, why, and who sees what; undefined for other steps. */
export function explainStep(step: string, facts: StepFacts) {
  const isPoll =
    step === 'token' && (has(facts.parameters, 'device_code') || has(facts.parameters, 'auth_req_id'));
  const explain = ownMember(steps, isPoll ? 'poll' : step);
  if (explain === undefined) return undefined;
  const { title, what, why, sees, spec } = explain(facts);
  const seen = sees.map(([who, part]) => `${who}: ${part}`).join('\n');
  const rows = rowsOf(
    ['what', what],
    ['why', why],
    ['proof', facts.proven ? proof : null],
    ['who sees', seen],
    ['see', facts.proven ? `${spec}, RFC 9449 §4` : spec, { tone: 'dim' }],
  );
  return { title, rows };
}

/** Those that apply. */
function sentences(...texts: readonly (string | false)[]): string {
  return texts.filter((text) => text !== false).join(' ');
}

function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url;
}

function quote(text: string): string {
  return `"${text}"`;
}

/** Whether what is asked for cannot be read here: it is encrypted, or hosted elsewhere. */
function isSealed(parameters: StepFacts['parameters']): boolean {
  return !has(parameters, 'redirect_uri') && (has(parameters, 'request') || has(parameters, 'request_uri'));
}

/** Whether the answer through the browser is to hold what is named. */
function asksFor(parameters: StepFacts['parameters'], what: string): boolean {
  return (parameterValue(parameters, 'response_type') ?? 'code').split(' ').includes(what);
}

/** Whether tokens come back through the browser. */
function isFrontChannel(parameters: StepFacts['parameters']): boolean {
  return asksFor(parameters, 'token') || asksFor(parameters, 'id_token');
}

function has(parameters: StepFacts['parameters'], name: string): boolean {
  return parameterValue(parameters, name) !== undefined;
}
