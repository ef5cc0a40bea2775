using System.Text.Json;
using Praetor.Core.Consensus;

namespace Praetor.Api;

/// <summary>
/// <c>raft/peers.json</c>: how an operator names the servers that go on after a majority was lost for good (gossip-raft 5).
/// <code>[{"id": "UUID", "address": "10.0.0.1:8300", "non_voter": false}]</code>
/// A file that lies there before this directory was ever used is left over from something else: <c>peers.info</c> tells.
/// </summary>
internal static class PeersFile
{
    private const string Explanation = """
        A server that starts with a file peers.json beside this one replaces its Raft configuration by what that file says,
        and then deletes it. It is meant for the day on which a majority of the servers is lost for good and at no other time:
        stop all servers that are left, put the same file into the raft directory of each, start them.

            [
              {"id": "adf4238a-882b-9ddc-4a9d-5b6758e4159e", "address": "10.1.0.1:8300", "non_voter": false},
              {"id": "8b6dda82-3103-11e7-93ae-92361f002671", "address": "10.1.0.2:8300", "non_voter": false}
            ]

        The id of a server is in the file node-id of its data directory. Entries that the lost servers alone had acknowledged
        may be missing afterwards, and entries that were never acknowledged may be there.

        """;

    /// <summary>The servers that the file names; null if there is none.</summary>
    /// <param name="directory">The raft directory; the explanation is put there.</param>
    /// <exception cref="InvalidDataException">The file is not what it should be.</exception>
    public static ServerSet? Read(string directory)
    {
        string path = PathIn(directory);
        string info = Path.Join(directory, "peers.info");
        if (!File.Exists(info))
        {
            File.Delete(path);
            File.WriteAllText(info, Explanation);
            return null;
        }

        return File.Exists(path) ? Parse(File.ReadAllBytes(path)) : null;
    }

    /// <summary>Deletes the file, so that it works once.</summary>
    public static void Forget(string directory) => File.Delete(PathIn(directory));

    private static string PathIn(string directory) => Path.Join(directory, "peers.json");

    private static ServerSet Parse(byte[] text)
    {
        var servers = new List<ServerMember>();
        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (JsonElement each in document.RootElement.EnumerateArray())
            {
                bool isVoter = !each.TryGetProperty("non_voter", out JsonElement nonVoter) || !nonVoter.GetBoolean();
                servers.Add(new ServerMember(Text(each, "id"), Text(each, "address"), isVoter));
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException(malformed.Message, malformed);
        }

        return Refusal(servers) is { } refusal ? throw new InvalidDataException(refusal) : new ServerSet(servers);
    }

    private static string Text(JsonElement server, string name) => server.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    private static string? Refusal(List<ServerMember> servers)
    {
        foreach (ServerMember server in servers)
        {
            if (server.Id.Length == 0)
                return "empty ID in configuration";
            if (server.Address.Length == 0)
                return "empty address in configuration";
            if (servers.Count(other => other.Id == server.Id) > 1)
                return $"found duplicate ID in configuration: {server.Id}";
            if (servers.Count(other => other.Address == server.Address) > 1)
                return $"found duplicate address in configuration: {server.Address}";
        }

        return servers.Any(static server => server.IsVoter) ? null : "need at least one voter in configuration";
    }
}
