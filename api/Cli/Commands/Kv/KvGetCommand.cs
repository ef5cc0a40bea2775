using System.Text;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Kv;

/// <summary>kv get (cli 8).</summary>
internal sealed class KvGetCommand : ClientCommand
{
    private readonly BoolFlag _base64;
    private readonly BoolFlag _detailed;
    private readonly BoolFlag _keys;
    private readonly BoolFlag _recurse;
    private readonly StringFlag _separator;

    /// <summary>Declares the flags.</summary>
    public KvGetCommand() : base(ClientFlagGroups.Server | ClientFlagGroups.Namespace)
    {
        _base64 = Declare(new BoolFlag("base64", "Encodes values as base64 before printing them. The default value is false."));
        _detailed = Declare(new BoolFlag("detailed", "Prints indexes, flags and lock holder beside the value. The default value is false."));
        _keys = Declare(new BoolFlag("keys", "Prints only the keys that start with the given prefix, rolled up at the separator. The default value is false."));
        _recurse = Declare(new BoolFlag("recurse", "Prints all entries whose key starts with the given prefix. The default value is false."));
        _separator = Declare(new StringFlag("separator", "Where -keys rolls keys up.", unset: "/"));
    }

    /// <inheritdoc/>
    public override string Usage => "kv get [options] [KEY_OR_PREFIX]";

    /// <inheritdoc/>
    public override string Description => """
        Prints the value at a key, or what is below a prefix.

            $ consul kv get redis/config/connections

        All entries below a prefix:

            $ consul kv get -recurse redis

        Only their keys:

            $ consul kv get -keys redis
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var (io, keys, recurse) = (call.Io, _keys.Get(call.Flags), _recurse.Get(call.Flags));
        if (call.TooMany(1, "Error! ") is { } tooMany)
            return io.Fail(tooMany);
        var key = KvCommands.WithoutLeadingSlash(call.Arguments is [var first, ..] ? first : "");
        if (key.Length == 0 && !keys && !recurse)
            return io.Fail("Error! Missing KEY argument");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery(KvCommands.PathOf(key));
        if (keys && !recurse)
            query.WithFlag("keys").WithOptional("separator", _separator.Get(call.Flags));
        var answer = await client.GetAsync(query.WithFlag("recurse", recurse).WithFlag("stale", Client.IsStale(call.Flags)), cancellation).ConfigureAwait(false);
        if (!answer.IsNotFound && answer.Error is { } error)
            return io.Fail($"Error querying Consul agent: {error}");
        if (answer.IsNotFound)
            return keys || recurse ? ExitCode.Success : io.Fail($"Error! No key exists at: {key}");
        return Print(call, answer, keys, recurse);
    }

    private int Print(CliCall call, ApiAnswer answer, bool keys, bool recurse)
    {
        using var json = answer.ReadJson(out var error);
        if (json is null)
            return call.Io.Fail($"Error querying Consul agent: {error}");
        if (keys && !recurse)
        {
            foreach (var name in json.RootElement.Elements())
                call.Io.Out.WriteLine(name.AsText());
            return ExitCode.Success;
        }

        var pairs = KvPair.ReadList(json.RootElement);
        if (keys)
            PrintKeys(call, pairs);
        else
            PrintPairs(call, pairs, recurse);
        return ExitCode.Success;
    }

    private void PrintKeys(CliCall call, IReadOnlyList<KvPair> pairs)
    {
        foreach (var pair in pairs)
        {
            if (_detailed.Get(call.Flags))
                call.Io.Out.Write(pair.Detailed(asBase64: false, withValue: false));
            call.Io.Out.WriteLine(_detailed.Get(call.Flags) ? "" : pair.Key);
        }
    }

    private void PrintPairs(CliCall call, IReadOnlyList<KvPair> pairs, bool recurse)
    {
        var (output, base64, detailed) = (call.Io.Out, _base64.Get(call.Flags), _detailed.Get(call.Flags));
        for (var i = 0; i < pairs.Count; i++)
        {
            if (detailed)
            {
                if (i > 0)
                    output.WriteLine();
                output.Write(pairs[i].Detailed(base64, withValue: true));
                continue;
            }

            byte[] prefix = recurse ? Encoding.UTF8.GetBytes(pairs[i].Key + ":") : [];
            output.Write([.. prefix, .. pairs[i].PrintedValue(base64), (byte)'\n']);
        }
    }
}
