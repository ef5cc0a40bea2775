namespace Praetor.Runtime.Agent;

/// <summary>Why the agent did not do what it was asked.</summary>
public enum AgentRefusalKind
{
    /// <summary>What was named is not here (404 over HTTP).</summary>
    NotFound,

    /// <summary>It is here or well-formed, but cannot be done (500 over HTTP).</summary>
    Failed,
}

/// <summary>An expected refusal: the kind says which status, the text is for the client.</summary>
public sealed record AgentRefusal(AgentRefusalKind Kind, string Text)
{
    internal static AgentRefusal Failed(string text) => new(AgentRefusalKind.Failed, text);

    internal static AgentRefusal NoService(string id) =>
        new(AgentRefusalKind.NotFound, $"Unknown service ID {Core.Codec.GoQuote.Quote(id)}. Ensure that the service ID is passed, not the service name.");

    internal static AgentRefusal NoCheck(string id) =>
        new(AgentRefusalKind.NotFound, $"Unknown check ID {Core.Codec.GoQuote.Quote(id)}. Ensure that the check ID is passed, not the check name.");
}
