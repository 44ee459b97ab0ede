// code-server keeps its heartbeat and its output below $XDG_DATA_HOME, one place per user whatever --user-data-dir says,
// so two instances would write to the same files. It reads the variable once, while out/node/util.js loads. Hence that
// file is loaded here, with the variable set, and then the variable is put back: terminals must not see it changed.
'use strict';

const { env } = process;
const before = env.XDG_DATA_HOME;
env.XDG_DATA_HOME = env.WAIIDE_IDE_OWN_DATA;
require('../node_modules/code-server/out/node/util.js');
if (before === undefined) {
  delete env.XDG_DATA_HOME;
} else {
  env.XDG_DATA_HOME = before;
}

// code-server is two processes. The outer one forks the inner one, which needs the variable and the --require once more;
// what the inner one forks (extension host, terminals) needs neither.
if (env.CODE_SERVER_PARENT_PID !== undefined) {
  delete env.WAIIDE_IDE_OWN_DATA;
  process.execArgv.length = 0;
}
