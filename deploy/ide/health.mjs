#!/opt/waiide/ide/bin/node
// Whether VS Code answers, asked as its gateway asks: /healthz would answer before it is loaded, and to anybody.
const answer = await fetch('http://127.0.0.1:8071/version', { headers: { cookie: `code-server-session=${process.env.HASHED_PASSWORD ?? ''}` } })
  .catch(failure => ({ ok: false, status: failure.cause?.code ?? failure.message }));
if (!answer.ok) {
  console.error(`/version: ${answer.status}`);
  process.exitCode = 1;
}
