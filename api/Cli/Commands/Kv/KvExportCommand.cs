using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands.Kv;

/// <summary>kv export (cli 8).</summary>
internal sealed class KvExportCommand() : ClientCommand(ClientFlagGroups.Server | ClientFlagGroups.Namespace)
{
    /// <inheritdoc/>
    public override string Usage => "kv export [options] [PREFIX]";

    /// <inheritdoc/>
    public override string Description => """
        Prints all entries below a prefix as JSON, for "kv import".

            $ consul kv export vault

        Without a prefix it is the whole store.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var io = call.Io;
        if (call.TooMany(1) is { } tooMany)
            return io.Fail($"Error! {tooMany}");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var prefix = KvCommands.WithoutLeadingSlash(call.Arguments is [var first, ..] ? first : "");
        var answer = await client.GetAsync(new ApiQuery(KvCommands.PathOf(prefix)).WithFlag("recurse").WithFlag("stale", Client.IsStale(call.Flags)), cancellation).ConfigureAwait(false);
        if (!answer.IsNotFound && answer.Error is { } error)
            return io.Fail($"Error querying Consul agent: {error}");
        using var json = answer.IsNotFound ? null : answer.ReadJson(out _);
        var pairs = json is null ? [] : KvPair.ReadList(json.RootElement);
        io.Out.WriteLine(IndentedJson.Format(CompactJson.Of(writer =>
        {
            writer.BeginArray();
            foreach (var pair in pairs)
            {
                writer.BeginObject();
                writer.Member("key"u8, pair.Key);
                writer.Name("flags"u8);
                writer.Raw(System.Text.Encoding.ASCII.GetBytes(pair.Flags));
                writer.Member("value"u8, Convert.ToBase64String(pair.Value));
                writer.EndObject();
            }

            writer.EndArray();
        }), "\t"));
        return ExitCode.Success;
    }
}
