using System.Text;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Cli.Commands.Kv;

/// <summary>kv import (cli 8).</summary>
internal sealed class KvImportCommand : ClientCommand
{
    private readonly StringFlag _prefix;

    /// <summary>Declares the flags.</summary>
    public KvImportCommand() : base(ClientFlagGroups.Server | ClientFlagGroups.Namespace) =>
        _prefix = Declare(new StringFlag("prefix", "Put before each key."));

    /// <inheritdoc/>
    public override string Usage => "kv import [DATA]";

    /// <inheritdoc/>
    public override string Description => """
        Writes entries that "kv export" printed: from a file, from standard input, or from the command line.

            $ consul kv import @values.json
            $ cat values.json | consul kv import -
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var io = call.Io;
        if (call.TooMany(1) is { } tooMany)
            return io.Fail($"Error! {tooMany}");
        if (call.Arguments.Count == 0)
            return io.Fail("Error! Missing DATA argument");
        if (call.Arguments[0].Length == 0)
            return io.Fail("Error! Empty DATA argument");
        if (TextArgument.Read(call.Arguments[0], io, out var data) is { } unreadable)
            return io.Fail($"Error! {unreadable}");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        if (TryRead(data, out var entries) is { } malformed)
            return io.Fail($"Cannot unmarshal data: {malformed}");
        foreach (var (key, flags, value) in entries)
        {
            if (!TryDecode(value, out var bytes))
                return io.Fail($"Error base 64 decoding value for key {key}: illegal base64 data");
            var target = Join(_prefix.Get(call.Flags), key);
            var query = new ApiQuery(KvCommands.PathOf(target));
            if (flags != 0)
                query.With("flags", flags.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var answer = await client.PutAsync(query, bytes, cancellation).ConfigureAwait(false);
            if (answer.Error is { } error)
                return io.Fail($"Error! Failed writing data for key {target}: {error}");
            io.Out.WriteLine($"Imported: {target}");
        }

        return ExitCode.Success;
    }

    /// <summary>Prefix and key as one clean path: dots and double slashes go, a slash at the end stays.</summary>
    internal static string Join(string prefix, string key)
    {
        var parts = new List<string>();
        foreach (var part in $"{prefix}/{key}".Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts) + (key.EndsWith('/') ? "/" : "");
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var isGood = Convert.TryFromBase64String(text, bytes, out var length);
        bytes = bytes[..length];
        return isGood;
    }

    private static string? TryRead(string data, out List<(string Key, ulong Flags, string Value)> entries)
    {
        entries = [];
        try
        {
            var json = new GoJsonReader(Encoding.UTF8.GetBytes(data));
            if (!json.BeginArray("[]*kv.Entry"))
                return null;
            while (json.NextElement())
            {
                (string Key, ulong Flags, string Value) entry = ("", 0, "");
                if (!json.BeginObject())
                    continue;
                while (json.NextField(out var name))
                {
                    switch (name)
                    {
                        case "key":
                            entry.Key = json.ReadString();
                            break;
                        case "flags":
                            entry.Flags = json.ReadULong();
                            break;
                        case "value":
                            entry.Value = json.ReadString();
                            break;
                        default:
                            json.SkipValue();
                            break;
                    }
                }

                entries.Add(entry);
            }

            return null;
        }
        catch (GoJsonException malformed)
        {
            return malformed.Message is "EOF" or "unexpected EOF" ? "unexpected end of JSON input" : malformed.Message;
        }
    }
}
