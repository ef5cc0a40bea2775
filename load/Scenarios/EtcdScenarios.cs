using System.Globalization;
using System.Text;
using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>What <see cref="KvPut"/> asks, asked of etcd: keys and values are base64 within JSON.</summary>
/// <param name="name">kv-put, or fill.</param>
public sealed class EtcdPut(string name = "kv-put") : Scenario
{
    private static readonly string s_value = Convert.ToBase64String([.. Enumerable.Repeat((byte)'x', Requests.ValueBytes)]);

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string Description => "PUT of 128 bytes, 10,000 keys, to etcd";

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Post("/v3/kv/put", Encoding.ASCII.GetBytes($"{{\"key\":\"{Key(number % Requests.Keys)}\",\"value\":\"{s_value}\"}}"));
        return 0;
    }

    /// <summary>The key of that number as etcd takes it.</summary>
    internal static string Key(long number) => Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bench/0/{number}")));
}

/// <summary>What <see cref="KvGet"/> asks, asked of etcd.</summary>
/// <param name="stale">Serializable, instead of linearizable.</param>
public sealed class EtcdRange(bool stale) : Scenario
{
    /// <inheritdoc/>
    public override string Name => stale ? "kv-get-stale" : "kv-get";

    /// <inheritdoc/>
    public override string Description => "range of one key of 128 bytes, of etcd";

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Keys;

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Post("/v3/kv/range", Encoding.ASCII.GetBytes($"{{\"key\":\"{EtcdPut.Key((number % Requests.KeysRead) + 1)}\"{(stale ? ",\"serializable\":true" : "")}}}"));
        return 0;
    }
}
