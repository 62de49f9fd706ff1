import { judgeClientDocument } from '../../src/checks/client-document.ts';
import { checkClockSkew, measureClockSkew } from '../../src/checks/clock-skew.ts';
import { judgeBackchannelResponse, judgeDeviceResponse } from '../../src/checks/device-response.ts';
import {
  checkAuthorizationServers,
  checkBearerMethods,
  checkResourceIdentifier,
} from '../../src/checks/protected-resource.ts';
import { judgePushedResponse } from '../../src/checks/pushed-response.ts';
import { judgeRegistration } from '../../src/checks/registration.ts';
import { checkSignedMetadata } from '../../src/checks/signed-metadata.ts';
import { callMcp, toolNames } from '../../src/flows/call-mcp.ts';
import type { Conversation } from '../../src/flows/conversation.ts';
import type { HttpResponse } from '../../src/http-message.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { describeKeys } from '../../src/jose/jwk-description.ts';
import { readJwkSet } from '../../src/jose/jwk-set.ts';
import { isJsonObject, parsePlainJson, textListMember } from '../../src/json/json.ts';
import { parseJsonExactly } from '../../src/json/parse-json-exactly.ts';
import { readXml } from '../../src/json/xml.ts';
import { explainChallenge } from '../../src/output/explain-challenge.ts';
import { redactBodyText, redactHeaderFields, redactUrlText } from '../../src/output/redact.ts';
import { readAuthorizationResponse } from '../../src/protocol/authorization-response.ts';
import { parseChallenges } from '../../src/protocol/challenge.ts';
import { readBackchannelResponse, readDeviceResponse } from '../../src/protocol/device-authorization.ts';
import { findErrorMembers } from '../../src/protocol/error-members.ts';
import { readIntrospectionResponse } from '../../src/protocol/introspection-response.ts';
import { readMetadata } from '../../src/protocol/metadata.ts';
import { parseForm } from '../../src/protocol/parameters.ts';
import { readPushedResponse } from '../../src/protocol/pushed-request.ts';
import { readRegistrationResponse } from '../../src/protocol/registration.ts';
import { withRequestObject } from '../../src/protocol/request-object.ts';
import { isStructured, readResponseBody } from '../../src/protocol/response-body.ts';
import { readTokenResponse } from '../../src/protocol/token-response.ts';
import { readUserinfoResponse } from '../../src/protocol/userinfo-response.ts';
import { findProvider, providerNamed } from '../../src/providers/find-provider.ts';
import { fuzzParsers } from './fuzz-parsers.ts';
import { bodiesFrom, callbackUrls, savedCases } from './provider-messages.ts';

const now = new Date('2026-11-20T12:00:00Z');
/** What an answer has besides its body is told from its length: the same text is always the same response. */
const responseWith = (body: string): HttpResponse => ({
  status: [200, 200, 400, 302, 0][body.length % 5] ?? 200,
  headers: [['content-type', 'application/json']],
  body,
});
const asked = { grant: 'authorization_code', scope: ['openid'] };
const hide = (value: string, kind: string) => (value === '' ? '' : `‹${kind}›`);
const keySets = ['RS256', 'ES256', 'EdDSA'].map((alg) => JSON.stringify({ keys: [testKey(alg).jwk] }));
const challenges = [
  'Bearer realm="x", error="invalid_token", error_description="The \\"token\\" expired"',
  'DPoP error="use_dpop_nonce", algs="ES256 PS256", Bearer, Basic realm="a"',
  'Bearer scope="openid email", Negotiate YWJj==, Digest qop="auth", nonce=abc',
];
const responseJwt = signedToken(
  { alg: 'RS256' },
  { code: 'c', state: 's', iss: 'https://a', exp: 1 },
  testKey('RS256'),
);
const xml = [
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a x="1"><access_token>t &amp; &#65;</access_token><!-- c --></a>',
  '<a:b xmlns:a="u"><![CDATA[<x>]]><?pi y?></a:b>',
  ...bodiesFrom('token').filter((body) => body.startsWith('<')),
];

const metadataJwt = signedToken(
  { alg: 'RS256' },
  { iss: 'https://as.example', resource: 'https://api.example/mcp' },
  testKey('RS256'),
);
const documents = [
  '{"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"https://as.example/device","expires_in":1800,"interval":5}',
  '{"auth_req_id":"1c266114","expires_in":120,"interval":2}',
  '{"client_id":"c","client_secret":"s","client_secret_expires_at":0,"redirect_uris":["http://127.0.0.1/cb"],"token_endpoint_auth_method":"none","registration_client_uri":"https://as.example/reg/c"}',
  '{"client_id":"https://a.example/c.json","client_name":"a","redirect_uris":["http://127.0.0.1:8378/cb","http://[::1]/cb"],"jwks_uri":"https://a.example/keys"}',
  `{"resource":"https://api.example/mcp","authorization_servers":["https://as.example"],"bearer_methods_supported":["header"],"signed_metadata":"${metadataJwt}"}`,
];

fuzzParsers([
  {
    name: 'an answer about a device, a user or a client',
    seeds: documents,
    fragments: ['"verification_url":', '"error":"slow_down"', '-1', '1e999', 'null'],
    parse(body) {
      const response = responseWith(body);
      judgeDeviceResponse(readDeviceResponse(response));
      judgeBackchannelResponse(readBackchannelResponse(response));
      const request = {
        method: 'POST',
        url: 'https://as.example/',
        body: '{"redirect_uris":["http://[::1]/"]}',
      };
      judgeRegistration(request, readRegistrationResponse(response), now, 'c');
    },
  },
  {
    name: 'a document about a client or a resource',
    seeds: documents,
    fragments: ['"resource":', '"iss":', '[]', 'http://[', '%2e'],
    async parse(text) {
      judgeClientDocument(text, 'https://a.example/c.json', responseWith(text));
      const document = parsePlainJson(text);
      if (!isJsonObject(document)) return;
      checkResourceIdentifier('https://api.example/mcp', document);
      checkBearerMethods(document);
      checkAuthorizationServers(textListMember(document, 'authorization_servers'));
      await checkSignedMetadata(document, { issuer: 'https://as.example', keys: [testKey('RS256').jwk] });
    },
  },
  {
    name: 'an answer of an MCP server',
    seeds: [
      '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"time"},{"name":"note"}]}}',
      'event: message\ndata: {"jsonrpc":"2.0","id":1,\ndata: "error":{"code":-32000,"message":"x"}}\n\n',
      ': ping\r\n\r\ndata:\r\n\r\ndata: {"result":{"protocolVersion":"2025-11-25"}}\r\n\r\n',
    ],
    fragments: ['data: ', 'id: 1', '\n\n', '"result":', '"tools":', '"code":'],
    async parse(body) {
      const type = body.length % 2 === 0 ? 'application/json' : 'text/event-stream';
      const response = { ...responseWith(body), headers: [['content-type', type]] };
      const send = async (_: unknown, request: unknown) => ({ request, response });
      toolNames(await callMcp({ send } as unknown as Conversation, 'resource', 'https://api.example/mcp'));
    },
  },
  {
    name: 'a token response',
    seeds: bodiesFrom('token'),
    parse: (body) => readTokenResponse(responseWith(body), asked),
  },
  {
    name: 'an answer to a pushed request',
    seeds: [
      '{"request_uri":"urn:ietf:params:oauth:request_uri:6esc","expires_in":60}',
      ...bodiesFrom('token'),
    ],
    fragments: ['"request_uri":', '"expires_in":', '-1', '1e999'],
    parse: (body) => judgePushedResponse(readPushedResponse(responseWith(body))),
  },
  {
    name: 'a request object',
    seeds: [responseJwt],
    parse: (request) =>
      withRequestObject([
        ['client_id', 'app'],
        ['request', request],
      ]),
  },
  {
    name: 'a UserInfo response',
    seeds: bodiesFrom('userinfo'),
    parse: (body) => readUserinfoResponse(responseWith(body), { openidRequested: body.length % 2 === 0 }),
  },
  {
    name: 'a metadata document',
    seeds: bodiesFrom('discovery'),
    fragments: ['"issuer":', '"jwks_uri":', '_endpoint"', 'https://as.example'],
    parse: (body) => readMetadata(responseWith(body), { issuer: 'https://as.example' }),
  },
  {
    name: 'an introspection response',
    seeds: ['{"active":true,"scope":"a b","exp":1,"aud":["x"]}', '{"active":"true"}', ...bodiesFrom('token')],
    parse: (body) => readIntrospectionResponse(responseWith(body)),
  },
  {
    name: 'the error members of any body',
    seeds: savedCases.map(({ response }) => response.body),
    parse(text) {
      const body = readResponseBody(text);
      if (isStructured(body)) findErrorMembers(body.document);
    },
  },
  {
    name: 'an authorization response',
    seeds: [...callbackUrls, `https://a/cb?response=${responseJwt}`],
    fragments: ['code=', 'response=', 'state=', 'iss=', 'error_description=', '&', '#', '?'],
    parse(url) {
      for (const method of ['GET', 'PASTE'] as const)
        readAuthorizationResponse({ method, url }, { state: 's' });
      readAuthorizationResponse({ method: 'POST', url: 'https://a', body: url }, {});
      readAuthorizationResponse({ method: 'FRAGMENT', url: 'https://a', fragment: url }, { state: url });
    },
  },
  {
    name: 'a JWK Set and the description of its keys',
    seeds: keySets,
    fragments: ['"kty":', '"RSA"', '"EC"', '"OKP"', '"oct"', '"n":', '"x5c":', '"crv":', 'AQAB'],
    share: 0.5,
    parse(text) {
      const reading = readJwkSet(text);
      if (reading.type === 'jwk-set') describeKeys(reading.keys, now);
    },
  },
  {
    name: 'a challenge',
    seeds: challenges,
    fragments: ['Bearer', 'DPoP', 'error="', 'scope=', '\\"', '=='],
    parse: (field) =>
      explainChallenge(
        parseChallenges(field),
        401,
        { scope: ['openid'], expiresAt: null, loginCommand: 'login', isFresh: false },
        now,
      ),
  },
  {
    name: 'a date of a server',
    seeds: [
      'Fri, 20 Nov 2026 12:00:00 GMT',
      'Friday, 20-Nov-26 12:00:00 GMT',
      'Fri Nov 20 12:00:00 2026',
      'Fri, 99 Nov 0000 99:99:99 GMT',
    ],
    parse: (field) => checkClockSkew(measureClockSkew(field, now, 20), 5),
  },
  { name: 'JSON', seeds: bodiesFrom('discovery'), parse: parseJsonExactly },
  {
    name: 'XML',
    seeds: xml,
    fragments: ['<', 'a', '<a>', '</a>', '<!DOCTYPE', '<!ENTITY', '&amp;', '&#x', ']]>', '<?', '?>', ' a="'],
    parse: readXml,
  },
  { name: 'form data', seeds: bodiesFrom('token'), parse: parseForm },
  {
    name: 'the name of a provider',
    seeds: [
      'https://login.microsoftonline.com/common/v2.0',
      'https://accounts.google.com',
      'github',
      'Sign in with X',
    ],
    parse: (text) => [findProvider(text), providerNamed(text)],
  },
  {
    name: 'what is hidden in header fields, URLs and bodies',
    seeds: [
      'Basic YTpi',
      'sid=abc; Path=/; HttpOnly, b=c',
      'https://u:p@a.example/?code=x&state=y#access_token=z',
      ...bodiesFrom('token'),
    ],
    fragments: ['Bearer ', 'sid=', '; ', 'token=', '"access_token":', '<refresh_token>'],
    parse(text) {
      const names = ['authorization', 'cookie', 'set-cookie', 'location', 'dpop', 'x-other'];
      redactHeaderFields(
        names.map((name) => [name, text] as const),
        { redact: (value) => value, hide },
      );
      redactUrlText(text, hide);
      redactBodyText(text, hide);
    },
  },
]);
