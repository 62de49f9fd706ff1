#!/usr/bin/env node
'use strict';
try {
  require('../dist/entry.cjs');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND' || !/entry\.cjs/.test(error.message)) throw error;
  process.stderr.write('oauth-code is not built yet. In a clone, run: npm ci\n');
  process.exitCode = 1;
}
