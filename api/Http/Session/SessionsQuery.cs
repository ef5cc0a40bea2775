using Praetor.Api.Http.Json;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Sessions;

namespace Praetor.Api.Http.Session;

/// <summary>session/info of one session, session/node of a node's, session/list of all: by id, at the index of the sessions table.</summary>
internal sealed class SessionsQuery(string? id, string? node) : ReadQuery
{
    public override WatchTopic Topic => WatchTopic.Table(WatchTable.Sessions);

    public override bool EffectiveConsistencyHeader => false;

    public override long IndexOf(StateRoot root) => root.Sessions.Index;

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        if (id is null)
        {
            foreach (SessionRecord session in node is null ? root.Sessions.All() : root.Sessions.OfNode(node))
                SessionJson.Write(json, session);
        }
        else if (root.Sessions.Find(id) is { } session)
        {
            SessionJson.Write(json, session);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}

/// <summary>A session as clients see it (http-core 7).</summary>
internal static class SessionJson
{
    public static void Write(GoJsonWriter json, SessionRecord session)
    {
        json.BeginObject();
        json.Member("ID"u8, session.Id);
        json.Member("Name"u8, session.Name);
        json.Member("Node"u8, session.Node);
        json.Member("LockDelay"u8, session.LockDelayNs);
        json.Member("Behavior"u8, session.Behavior == SessionBehavior.Delete ? "delete" : "release");
        json.Member("TTL"u8, session.Ttl);
        json.Name("NodeChecks"u8);
        json.StringListOrEmpty([.. session.NodeChecks]);
        json.Name("ServiceChecks"u8);
        WriteServiceChecks(json, session.ServiceChecks);
        if (session.Checks.Count > 0)
        {
            json.Name("Checks"u8);
            json.StringListOrEmpty([.. session.Checks]);
        }

        json.Member("CreateIndex"u8, session.CreateIndex);
        json.Member("ModifyIndex"u8, session.ModifyIndex);
        json.EndObject();
    }

    private static void WriteServiceChecks(GoJsonWriter json, IReadOnlyList<(string Id, string Namespace)> checks)
    {
        if (checks.Count == 0)
        {
            json.Null();
            return;
        }

        json.BeginArray();
        foreach ((string id, string scope) in checks)
        {
            json.BeginObject();
            json.Member("ID"u8, id);
            json.Member("Namespace"u8, scope);
            json.EndObject();
        }

        json.EndArray();
    }
}
