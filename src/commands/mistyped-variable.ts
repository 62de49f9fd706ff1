import type { Command } from 'commander';
import { closestName } from '../closest-name.ts';
import { variableName } from '../settings/setting-layers.ts';
import type { Start } from './command.ts';
import { commands } from './command-table.ts';
import { tellStep } from './tell.ts';

/** Warns of the variables that no command reads and whose names are near one that this command reads. */
export async function warnOfMistyped(
  unread: readonly string[],
  command: Command,
  invocation: Start,
): Promise<void> {
  const names = [...namesOf(command), 'CLIENT_SECRET'];
  const near = unread.flatMap((variable) => {
    const meant = closestName(variable.slice(prefix.length), names);
    return meant === undefined ? [] : [{ variable, meant }];
  });
  if (near.length === 0 || command.opts().quiet) return;
  const others = new Set<string>();
  for (const { name, load } of commands) {
    const other = command.createCommand(name);
    (await load()).define(other, invocation);
    for (const one of [other, ...other.commands].flatMap(namesOf)) others.add(one);
  }
  for (const { variable, meant } of near) {
    if (others.has(variable.slice(prefix.length))) continue;
    const text = `${variable} is not a setting; did you mean ${prefix}${meant}?`;
    tellStep(invocation.context.terminal.stderr, { mark: 'warn', name: 'Variable', text });
  }
}

const prefix = variableName('');

function namesOf({ options }: Command): readonly string[] {
  return options.map(({ long }) => variableName(long?.slice(2) ?? '').slice(prefix.length));
}
