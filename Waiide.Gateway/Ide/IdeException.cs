namespace Waiide.Gateway.Ide;

/// <summary>Why an IDE server cannot be started, in a sentence that says what to do about it.</summary>
internal sealed class IdeException(string message, Exception? inner = null) : Exception(message, inner);
