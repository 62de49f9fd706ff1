// Preloaded into a measured process: notes the builtin modules and the files it loaded and its peak memory when it
// ends. Only `fs` is used, which Node itself has loaded already.
const { writeFileSync } = require('node:fs');

process.once('exit', () => {
  const builtins = process.moduleLoadList.filter((name) => name.startsWith('NativeModule '));
  const files = Object.keys(require.cache).filter((name) => name !== __filename);
  const maxRssKibibytes = process.resourceUsage().maxRSS;
  writeFileSync(process.env.BENCH_REPORT_FILE, JSON.stringify({ builtins, files, maxRssKibibytes }));
});
