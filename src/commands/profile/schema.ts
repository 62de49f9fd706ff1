import type { OptionReader } from '../../settings/option-reader.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import { buildJsonSchema } from '../../storage/parse-settings.ts';
import { mayStandInProject } from '../../storage/project-rules.ts';
import type { Invocation } from '../command.ts';

/** Prints the JSON Schema of the settings file, or of a project file. */
export async function printSchema(options: OptionReader, { context }: Invocation): Promise<void> {
  const schema = options.isOn('project')
    ? buildJsonSchema(
        profileKeys.filter(({ name }) => mayStandInProject(name)),
        'Project settings of oauth-code',
      )
    : buildJsonSchema(profileKeys, 'Settings of oauth-code');
  context.terminal.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
}
