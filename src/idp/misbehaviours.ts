import { closestName } from '../closest-name.ts';
import { UsageError } from '../errors.ts';
import { own, say } from '../say.ts';
import { defaultPort, type IdpRequest } from './bind-server.ts';
import { ignoredAnswers, refusedAnswers } from './misbehaviours/authorization-response.ts';
import { oddDeviceResponses, refusedDeviceResponses } from './misbehaviours/device-response.ts';
import { refusedBindings, unmeetableNonces, unmeetableResources } from './misbehaviours/dpop.ts';
import { refusedBrowserTokens } from './misbehaviours/front-channel.ts';
import { refusedIdTokens } from './misbehaviours/id-token.ts';
import {
  oddMetadata,
  refusedMetadata,
  unfitKeys,
  unreadableKeySets,
} from './misbehaviours/metadata-and-keys.ts';
import { type Misbehaviour, reactions } from './misbehaviours/misbehaviour.ts';
import { oddPushedResponses, refusedPushedResponses } from './misbehaviours/pushed-response.ts';
import { chainFaults } from './misbehaviours/resource-chain.ts';
import { refusedResponseJwts } from './misbehaviours/response-jwt.ts';
import { type ScriptedServer, startScriptedServer } from './misbehaviours/scripted-server.ts';
import {
  oddTokenErrors,
  oddTokenResponses,
  otherDetails,
  unreadableTokenResponses,
} from './misbehaviours/token-response.ts';
import { unusualAnswers } from './misbehaviours/unusual-answers.ts';
import { refusedUserinfo } from './misbehaviours/userinfo-response.ts';

/** Every way in which the embedded server can be wrong, in the order of a login. */
export const misbehaviours: readonly Misbehaviour[] = [
  ...refusedMetadata,
  ...oddMetadata,
  ...unreadableKeySets,
  ...unfitKeys,
  ...oddPushedResponses,
  ...refusedPushedResponses,
  ...oddDeviceResponses,
  ...refusedDeviceResponses,
  ...refusedAnswers,
  ...ignoredAnswers,
  ...refusedResponseJwts,
  ...unreadableTokenResponses,
  ...oddTokenErrors,
  ...oddTokenResponses,
  ...otherDetails,
  ...refusedBindings,
  ...unmeetableNonces,
  ...refusedBrowserTokens,
  ...refusedIdTokens,
  ...refusedUserinfo,
  ...unmeetableResources,
  ...unusualAnswers,
  ...chainFaults,
];

/** What is told of a misbehaviour. */
export function describeMisbehaviour({ script: _, reaction, id, wrong, ...rest }: Misbehaviour) {
  return { id, wrong, correct_client: reactions[reaction], ...rest };
}

/**
 * Starts an authorization server that is wrong in one way, for the public client `client-1` on loopback.
 *
 * @throws UsageError when there is no such misbehaviour, or the port is taken
 */
export async function startMisbehaving(
  id: string,
  { port = defaultPort, onRequest }: { readonly port?: number; onRequest?(request: IdpRequest): void },
): Promise<{ readonly server: ScriptedServer; readonly misbehaviour: Misbehaviour }> {
  const misbehaviour = misbehaviours.find((one) => one.id === id);
  if (misbehaviour === undefined) {
    const ids = misbehaviours.map((one) => one.id);
    const meant = closestName(id, ids);
    throw new UsageError(
      say`--misbehave is ${JSON.stringify(id)}, which is not a misbehaviour of the server.`,
      {
        hint:
          meant === undefined
            ? own('oauth-code idp --list-misbehaviours names them.')
            : say`Did you mean ${own(meant)}?`,
      },
    );
  }
  const server = await startScriptedServer(misbehaviour.script, {
    port,
    ...(onRequest === undefined ? {} : { onRequest }),
  });
  return { server, misbehaviour };
}
