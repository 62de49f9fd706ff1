// Renders what bench.mjs measured as text, from the same document that --json prints.

const spread = ({ median, q1, q3 }, unit = '') => `${median}${unit} (${q1}–${q3})`;
const verdict = (value, limit) => (value <= limit ? `met (≤ ${limit})` : `MISSED (≤ ${limit})`);

function renderTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return rows.map((row) => `  ${line(row)}\n`).join('');
}

function renderStarts(cases) {
  const rows = cases.map(({ case: name, wall_ms, ratio_to_bare, peak_megabytes, target }) => [
    name,
    spread(wall_ms),
    spread(ratio_to_bare, '×'),
    peak_megabytes === undefined ? '' : String(peak_megabytes),
    target === undefined ? '' : verdict(ratio_to_bare.median, target.ratio_to_bare),
  ]);
  return renderTable([['case', 'wall ms', 'to bare node', 'peak MB', 'target'], ...rows]);
}

function renderLogin({ case: name, baseline: other, ours, against: baseline, ratio, target }) {
  const row = (label, field, limit) => [
    label,
    typeof ours[field] === 'number' ? String(ours[field]) : spread(ours[field]),
    typeof baseline[field] === 'number' ? String(baseline[field]) : spread(baseline[field]),
    limit === undefined ? '' : verdict(ours[field].median ?? ours[field], limit),
  ];
  const counts = (label, field) => [label, ours[field].join(' or '), baseline[field].join(' or '), ''];
  const rows = [
    ['', 'oauth-code', other, 'target'],
    [`against ${other}`, spread(ratio, '×'), '1×', verdict(ratio.median, target.ratio)],
    row('start to result, ms', 'total_ms'),
    row('… to bare node', 'ratio_to_bare'),
    row('start to URL, ms', 'start_to_url_ms'),
    row('callback to result, ms', 'callback_to_result_ms', target.callback_to_result_ms),
    row('result to exit, ms', 'result_to_exit_ms', target.result_to_exit_ms),
    row('peak memory, MB', 'peak_megabytes', target.peak_megabytes),
    counts('requests', 'requests'),
    counts('connections', 'connections'),
  ];
  return `\n${name} (browser's time subtracted)\n${renderTable(rows)}`;
}

/** The whole report; medians with quartiles in parentheses. */
export function renderReport({ node, platform, rounds, tarball_bytes, cases }) {
  const logins = cases.filter((result) => 'against' in result);
  const starts = cases.filter((result) => !logins.includes(result));
  const head = `Node ${node}, ${platform}, ${rounds} rounds, tarball ${(tarball_bytes / 1000).toFixed(0)} kB\n`;
  const startTable = starts.length > 0 ? `\n${renderStarts(starts)}` : '';
  return `${head}${startTable}${logins.map(renderLogin).join('')}`;
}
