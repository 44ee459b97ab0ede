using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security.Smuggling;

/// <summary>A real nginx in front of the gateway, as the documentation of hubs sets it up: kept connections, upgrades, bodies passed on as they come.</summary>
internal sealed class NginxFront : IAsyncDisposable
{
    private readonly TempDirectory _home;
    private readonly ChildProcess _process;

    private NginxFront(int port, TempDirectory home, ChildProcess process) => (Port, _home, _process) = (port, home, process);

    public int Port { get; }

    public static async Task<NginxFront> StartAsync(int gatewayPort)
    {
        var (port, home) = (Ports.Free(), new TempDirectory());
        var configuration = Path.Combine(home.Path, "nginx.conf");
        await File.WriteAllTextAsync(configuration, Configuration(home.Path, port, gatewayPort));
        var start = new ProcessStartInfo(File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx", ["-p", home.Path, "-c", configuration, "-e", "stderr"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var front = new NginxFront(port, home, ChildProcess.Start(start));
        await Eventually.Is(front.ListensAsync, "nginx listens");
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _home.Dispose();
    }

    private async Task<bool> ListensAsync()
    {
        Assert.False(_process.HasExited, $"nginx ended:\n{_process.Output}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // One process and one kept connection, so that a request that is left over meets the next one for certain.
    private static string Configuration(string home, int port, int gatewayPort) => string.Create(CultureInfo.InvariantCulture, $$"""
        daemon off;
        master_process off;
        pid {{home}}/pid;
        events { worker_connections 256; }
        http {
          access_log off;
          client_body_temp_path {{home}}/body;
          proxy_temp_path {{home}}/proxy;
          fastcgi_temp_path {{home}}/fastcgi;
          uwsgi_temp_path {{home}}/uwsgi;
          scgi_temp_path {{home}}/scgi;
          large_client_header_buffers 4 64k;
          map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
          upstream gateway { server 127.0.0.1:{{gatewayPort}}; keepalive 1; }
          server {
            listen 127.0.0.1:{{port}};
            location / {
              proxy_pass http://gateway;
              proxy_http_version 1.1;
              proxy_request_buffering off;
              proxy_set_header Host $http_host;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection $connection_upgrade;
              proxy_set_header X-Forwarded-Proto $scheme;
            }
          }
        }
        """);
}
