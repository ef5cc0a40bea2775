using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.State.Sessions;

namespace Praetor.Api.Http.Session;

/// <summary>The body of session/create (http-core 7.1), decoded and not yet judged. Unknown fields are accepted. Pure.</summary>
/// <param name="Session">The session as it would be.</param>
/// <param name="Behavior">Its behavior as given.</param>
internal readonly record struct SessionBody(SessionRecord Session, string Behavior)
{
    private const string SerfHealth = "serfHealth";
    private const long DefaultLockDelayNs = 15_000_000_000;

    /// <summary>A number below this is one of seconds, from here on of nanoseconds.</summary>
    private const long LeastNanoseconds = 1000;

    /// <summary>Reads a body; an empty one asks for all defaults.</summary>
    /// <exception cref="GoJsonException">Malformed.</exception>
    public static SessionBody Read(ReadOnlySpan<byte> body, string id, string ownNode)
    {
        var given = new SessionRecord { Id = id, Node = ownNode, LockDelayNs = DefaultLockDelayNs };
        IReadOnlyList<string> nodeChecks = [SerfHealth];
        IReadOnlyList<string>? checks = null;
        string behavior = "";
        if (body.IsEmpty)
            return new SessionBody(given with { NodeChecks = nodeChecks }, "");
        var json = new GoJsonReader(body);
        if (json.BeginObject())
        {
            while (json.NextField(out string name))
            {
                switch (name)
                {
                    case "name": given = given with { Name = json.ReadString(given.Name) }; break;
                    case "node": given = given with { Node = json.ReadString(given.Node) }; break;
                    case "lockdelay": given = given with { LockDelayNs = ReadLockDelay(ref json, given.LockDelayNs) }; break;
                    case "behavior": behavior = json.ReadString(behavior); break;
                    case "ttl": given = given with { Ttl = json.ReadString(given.Ttl) }; break;
                    case "nodechecks": nodeChecks = json.ReadStringList() ?? []; break;
                    case "servicechecks": given = given with { ServiceChecks = ReadServiceChecks(ref json) }; break;
                    case "checks": checks = json.ReadStringList() ?? []; break;
                    default: json.SkipValue(); break;
                }
            }
        }

        (nodeChecks, checks) = Combine(nodeChecks, checks);
        return new SessionBody(given with { NodeChecks = nodeChecks, Checks = checks }, behavior);
    }

    /// <summary>The session that is asked for; null with what is wrong with it.</summary>
    /// <param name="ttlMinNs">Least time to live.</param>
    /// <param name="ttlMaxNs">Longest time to live.</param>
    /// <param name="refusal">What is wrong.</param>
    public SessionRecord? Accept(long ttlMinNs, long ttlMaxNs, out string? refusal)
    {
        long ttlNs = 0;
        refusal = null;
        if (Session.Node.Length == 0)
            refusal = "Must provide Node";
        else if (Behavior is not ("" or "release" or "delete"))
            refusal = $"Invalid Behavior setting '{Behavior}'";
        else if (Session.Ttl.Length > 0 && !GoDuration.TryParse(Session.Ttl, out ttlNs, out string? error))
            refusal = $"Session TTL '{Session.Ttl}' invalid: {error}";
        else if (ttlNs != 0 && (ttlNs < ttlMinNs || ttlNs > ttlMaxNs))
            refusal = $"Invalid Session TTL '{ttlNs}', must be between [{GoDuration.Format(ttlMinNs)}={GoDuration.Format(ttlMaxNs)}]";
        return refusal is null ? Session with { TtlNs = ttlNs, Behavior = Behavior == "delete" ? SessionBehavior.Delete : SessionBehavior.Release } : null;
    }

    /// <summary>The old list beside the new ones.</summary>
    private static (IReadOnlyList<string> NodeChecks, IReadOnlyList<string> Checks) Combine(IReadOnlyList<string> nodeChecks, IReadOnlyList<string>? checks) => checks switch
    {
        null => (nodeChecks, []),
        { Count: 0 } => ([], []),
        [SerfHealth] => (nodeChecks, []),
        _ => nodeChecks.Count == 0 ? ([], []) : (nodeChecks, checks),
    };

    private static long ReadLockDelay(ref GoJsonReader json, long current)
    {
        if (json.NextKind() == GoJsonKind.String)
        {
            string text = json.ReadString();
            return GoDuration.TryParse(text, out long parsed, out string? error) ? parsed : throw new GoJsonException(error);
        }

        double number = json.ReadDouble(current);
        return (long)Math.Clamp(number < LeastNanoseconds ? number * 1e9 : number, 0, long.MaxValue / 2);
    }

    private static List<(string Id, string Namespace)> ReadServiceChecks(ref GoJsonReader json)
    {
        var checks = new List<(string, string)>();
        if (!json.BeginArray("[]structs.ServiceCheck"))
            return checks;
        while (json.NextElement())
        {
            (string id, string scope) = ("", "");
            if (json.BeginObject("structs.ServiceCheck"))
            {
                while (json.NextField(out string name))
                {
                    if (name == "id")
                        id = json.ReadString(id);
                    else if (name == "namespace")
                        scope = json.ReadString(scope);
                    else
                        json.SkipValue();
                }
            }

            checks.Add((id, scope));
        }

        return checks;
    }
}
