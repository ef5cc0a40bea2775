namespace Praetor.Runtime.Agent.Checks.Dialing;

/// <summary>A connection that could not be made; the message is the text that the check's output shows.</summary>
internal sealed class DialException(string message) : Exception(message);
