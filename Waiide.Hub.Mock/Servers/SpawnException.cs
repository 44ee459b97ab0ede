namespace Waiide.Hub.Mock.Servers;

/// <summary>A server could not be started; the message says why in a sentence.</summary>
internal sealed class SpawnException(string message, Exception? inner = null) : Exception(message, inner);
