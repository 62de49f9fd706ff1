import type { LoginDocument } from '../../output/documents.ts';
import { renderLogin } from '../../output/render-login.ts';
import type { View } from '../../output/view.ts';
import type { Invocation } from '../command.ts';
import { printResult } from '../print-result.ts';

/** Prints the result of a login on stdout, as text with the next command. The text shortens its tokens itself. */
export function printLogin(document: LoginDocument, next: string | undefined, invocation: Invocation): void {
  const render = (shown: LoginDocument, view: View) => renderLogin(shown, view, next);
  printResult(document, render, invocation, ['issuer', 'client_id', 'tokens']);
}
