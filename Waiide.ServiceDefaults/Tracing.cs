namespace Waiide.ServiceDefaults;

/// <summary>Whether traces are collected, and with them what a proxy tells its upstreams.</summary>
public sealed class Tracing
{
    internal Tracing(bool isOn) => IsOn = isOn;

    /// <summary>False where OTEL_EXPORTER_OTLP_ENDPOINT is not set.</summary>
    public bool IsOn { get; }

    /// <summary>
    /// The client of a proxy: the upstream learns of our trace; where there is none, it gets the client's own headers as they came. The client takes <paramref name="handler"/> over: it makes no traces of its own from
    /// here on (<see cref="SocketsHttpHandler.ActivityHeadersPropagator"/>), and is disposed of with the client.
    /// </summary>
    public HttpMessageInvoker Forwarder(SocketsHttpHandler handler)
    {
        handler.ActivityHeadersPropagator = null;
        return new HttpMessageInvoker(IsOn ? new ForwardedCalls(handler) : handler);
    }
}
