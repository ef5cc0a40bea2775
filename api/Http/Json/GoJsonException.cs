namespace Praetor.Api.Http.Json;

/// <summary>
/// A request body that was refused. The message is the text clients expect (http-agent 1.3); the endpoint puts its own prefix before
/// it and answers 400.
/// </summary>
public sealed class GoJsonException(string message) : Exception(message);
