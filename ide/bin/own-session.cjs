// code-server takes its session cookie off requests that it passes on to ports, but not off WebSockets, and not where a
// request has an Expect or a cookie that it cannot write down again, such as one with a space (4.139). Whoever listens on
// a port could then open the IDE. Hence it is taken off before any of that; the other cookies keep their bytes.
'use strict';

// The inner of code-server's two processes; what that one forks has no business here.
if (process.env.CODE_SERVER_PARENT_PID !== undefined) {
  const { proxy } = require('../node_modules/code-server/out/node/proxy.js');
  proxy.removeAllListeners('proxyReq'); // Its own attempt.
  for (const way of ['web', 'ws']) {
    const pass = proxy[way];
    proxy[way] = function (request, ...rest) {
      request.headers.cookie &&= request.headers.cookie.split(';').filter(pair => !isSession(pair)).join(';').trimStart();
      if (!request.headers.cookie) {
        delete request.headers.cookie;
      }

      return pass.call(this, request, ...rest);
    };
  }

  process.execArgv.length = 0;
}

function isSession(pair) {
  return pair.trimStart().toLowerCase().startsWith('code-server-session');
}
