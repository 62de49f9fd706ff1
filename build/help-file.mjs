// The help of every command for the entry, with the options that commands share once.

/** The text of the file, from the tree of commands that the program describes itself with. */
export function helpFile(tree) {
  const options = [];
  const places = new Map();
  const placeOf = (option) => {
    const key = JSON.stringify(option);
    if (!places.has(key)) places.set(key, options.push(option) - 1);
    return places.get(key);
  };
  const entries = [tree, ...tree.commands].map((command) => {
    // Of those below a command only what its help lists.
    const commands = command.commands.map((own) => ({
      ...own,
      options: [],
      words: [],
      commands: [],
      notes: '',
    }));
    return [command.name.split(' ').at(-1), { ...command, commands, options: command.options.map(placeOf) }];
  });
  return JSON.stringify({ options, commands: Object.fromEntries(entries) });
}
