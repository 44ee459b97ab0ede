namespace Aspire.Hosting.Dcp.Processes;

/// <summary>Why a process could not be started, in one sentence for the person who wrote the AppHost.</summary>
internal sealed class ProcessStartException(string message, Exception? innerException = null) : Exception(message, innerException);
