using System.Diagnostics;
using System.Text.Json;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Ide;

/// <summary>A program that takes code-server's place under supervision: it answers /version, has a child in its group and a job of a "terminal" outside, keeps WebSockets open, and writes down what it was given.</summary>
internal sealed class StubCodeServer
{
    // STUB_MODE: "abandons" leaves an extension host without a client; "exits" at once with code 0; "stubborn" ignores SIGTERM; "babbles" 200 MB without the end of a line.
    private const string Script = """
        #!/usr/bin/env node
        const { spawn } = require('node:child_process');
        const { appendFileSync, chmodSync, writeFileSync } = require('node:fs');
        const { createHash } = require('node:crypto');
        const http = require('node:http');
        const after = name => { const at = process.argv.indexOf(name); return at < 0 ? undefined : process.argv[at + 1]; };
        const notes = after('--user-data-dir');
        appendFileSync(notes + '/starts', Date.now() + '\n');
        console.log('stub: <b>hello</b>');
        console.error('stub: \u001b[31mtrouble');
        if (process.env.STUB_MODE === 'exits') {
          process.exit(0);
        }
        for (let left = process.env.STUB_MODE === 'babbles' ? 200 : 0; left > 0; left--) {
          process.stdout.write('x'.repeat(1 << 20));
        }
        console.log('\nstub: all said');
        const inGroup = spawn('sleep', ['1000'], { stdio: 'ignore' });
        const outside = spawn('sh', ['-c', 'nohup sleep 1000 & wait'], { stdio: 'ignore', detached: true });
        process.on('SIGTERM', () => { if (process.env.STUB_MODE !== 'stubborn') { process.exit(0); } });
        const server = http.createServer((request, response) => {
          const isPage = /^\/(\?|$)/.test(request.url);
          response.setHeader('X-Stub', 'ide').setHeader('Content-Type', isPage ? 'text/html' : 'text/plain');
          response.end(request.url === '/version' ? '0123456789abcdef0123456789abcdef01234567' : !isPage ? request.url
            : `<html><head><meta data-settings="{&quot;enableWorkspaceTrust&quot;:${!process.argv.includes('--disable-workspace-trust')},&quot;x&quot;:1}"></head><body>${request.url}`);
        });
        // A window that comes back is turned away without a word, as VS Code's server does it; one is said goodbye, any other stays.
        server.on('upgrade', (request, socket) => {
          const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
          socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
          socket.on('error', () => {});
          if (request.url.startsWith('/closes')) {
            socket.end(Buffer.from([0x88, 0x00]));
          } else if (request.url.includes('reconnection=true')) {
            socket.end();
          }
        });
        if (process.env.STUB_MODE === 'abandons') {
          spawn('sh', ['-c', 'sleep 1000; :', '/lib/vscode/out/bootstrap-fork', '--type=extensionHost'], { stdio: 'ignore', env: { ...process.env, VSCODE_EXTHOST_WILL_SEND_SOCKET: '1' } });
        }
        const [host, port] = (after('--bind-addr') ?? '').split(':');
        const listening = () => {
          if (after('--socket-mode')) {
            chmodSync(after('--socket'), after('--socket-mode'));
          }
          writeFileSync(notes + '/run.json', JSON.stringify({ pid: process.pid, inGroup: inGroup.pid, outside: outside.pid, args: process.argv.slice(2), env: process.env, cwd: process.cwd() }));
        };
        if (port) {
          server.listen(Number(port), host, listening);
        } else {
          server.listen(after('--socket'), listening);
        }
        """;

    private readonly string _notes;

    /// <summary>Puts the program into <paramref name="directory"/>; it will be run with the data directory <paramref name="data"/>.</summary>
    internal StubCodeServer(string directory, string data)
    {
        Program = Path.Combine(directory, "code-server");
        _notes = Path.Combine(data, "user-data");
        File.WriteAllText(Program, Script);
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>What the run that listens now was given.</summary>
    internal sealed record Notes(int Pid, int InGroup, int Outside, string[] Args, Dictionary<string, string> Env, string Cwd)
    {
        internal int[] Processes => [Pid, InGroup, Outside];
    }

    internal string Program { get; }

    /// <summary>When each run began, in milliseconds.</summary>
    internal long[] Starts => File.Exists(_notes + "/starts") ? [.. File.ReadLines(_notes + "/starts").Select(long.Parse)] : [];

    /// <summary>The notes of a run other than <paramref name="before"/>.</summary>
    internal async Task<Notes> Run(Notes? before = null)
    {
        Notes? found = null;
        await Eventually.Is(
            () =>
            {
                try
                {
                    found = JsonSerializer.Deserialize<Notes>(File.ReadAllText(_notes + "/run.json"), JsonSerializerOptions.Web);
                    return found!.Pid != before?.Pid;
                }
                catch (Exception failure) when (failure is IOException or JsonException)
                {
                    return false;
                }
            },
            "the IDE runs");
        return found!;
    }

    /// <summary>Whether a process still runs; one that ended and waits to be collected does not.</summary>
    internal static bool Lives(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    internal static void Kill(int id) => Process.GetProcessById(id).Kill();
}
