namespace Waiide.Gateway.Open;

/// <summary>Why a link cannot be followed, in sentences for the person who has clicked it.</summary>
internal sealed class OpenException(string message) : Exception(message);
