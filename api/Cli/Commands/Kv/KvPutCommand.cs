using System.Globalization;
using System.Text;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Api.Config;

namespace Praetor.Api.Cli.Commands.Kv;

/// <summary>kv put (cli 8).</summary>
internal sealed class KvPutCommand : ClientCommand
{
    private readonly BoolFlag _acquire;
    private readonly BoolFlag _release;
    private readonly StringFlag _session;
    private readonly BoolFlag _cas;
    private readonly UintFlag _modifyIndex;
    private readonly UintFlag _flags;
    private readonly BoolFlag _base64;

    /// <summary>Declares the flags.</summary>
    public KvPutCommand() : base(ClientFlagGroups.Server | ClientFlagGroups.Namespace)
    {
        _acquire = Declare(new BoolFlag("acquire", "Takes the lock on the key, creating it if needed. Needs -session. The default value is false."));
        _base64 = Declare(new BoolFlag("base64", "Takes the data as base64 and stores what it decodes to. The default value is false."));
        _cas = Declare(new BoolFlag("cas", "Writes only if the key has not changed since -modify-index. The default value is false."));
        _flags = Declare(new UintFlag("flags", "Unsigned integer stored with the key, for the client's own use. The default value is 0 (no flags)."));
        _modifyIndex = Declare(new UintFlag("modify-index", "ModifyIndex the key must have for -cas; 0 means the key must not exist."));
        _release = Declare(new BoolFlag("release", "Gives the lock on the key back. Needs -session. The default value is false."));
        _session = Declare(new StringFlag("session", "Session that takes or gives back the lock."));
    }

    /// <inheritdoc/>
    public override string Usage => "kv put [options] KEY [DATA]";

    /// <inheritdoc/>
    public override string Description => """
        Writes DATA to a key.

            $ consul kv put redis/config/connections 5

        Data may come from a file or from standard input:

            $ consul kv put redis/config/password @secret.txt
            $ consul kv put redis/config/password -
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var (io, flags) = (call.Io, call.Flags);
        if (call.Arguments is not [var key, ..])
            return io.Fail("Error! Missing KEY argument");
        if (call.Arguments.Count > 2)
            return io.Fail($"Error! Too many arguments (expected 1 or 2, got {call.Arguments.Count})");
        if (ReadData(call, out var data) is { } readError)
            return io.Fail($"Error! Failed to read file: {readError}");
        if (_base64.Get(flags))
            data = Base64Prefix.Decode(data, message => io.Fail($"Error! Cannot base 64 decode data: {message}"));
        if ((_acquire.Get(flags) || _release.Get(flags)) && _session.Get(flags).Length == 0)
            return io.Fail("Error! Missing -session (required with -acquire and -release)");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var answer = await client.PutAsync(BuildQuery(call, key), data, cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return io.Fail(_cas.Get(flags) ? $"Error! Did not write to {key}: {error}" : $"Error! Failed writing data: {error}");
        return Report(call, key, answer.IsTrue);
    }

    private ApiQuery BuildQuery(CliCall call, string key)
    {
        var query = new ApiQuery(KvCommands.PathOf(key));
        if (_flags.Get(call.Flags) is > 0 and var flags)
            query.With("flags", flags.ToString(CultureInfo.InvariantCulture));
        // The three conditions exclude each other; the first one given in this order counts.
        if (_cas.Get(call.Flags))
            query.With("cas", _modifyIndex.Get(call.Flags).ToString(CultureInfo.InvariantCulture));
        else if (_acquire.Get(call.Flags))
            query.With("acquire", _session.Get(call.Flags));
        else if (_release.Get(call.Flags))
            query.With("release", _session.Get(call.Flags));
        return query;
    }

    private int Report(CliCall call, string key, bool applied)
    {
        var io = call.Io;
        if (_cas.Get(call.Flags) && !applied)
        {
            return io.Fail(_modifyIndex.Get(call.Flags) == 0
                ? $"Error! Did not write to {key}: CAS performed with index=0 and key already exists."
                : $"Error! Did not write to {key}: CAS failed");
        }

        if (!_cas.Get(call.Flags) && _acquire.Get(call.Flags))
            return ReportLock(io, applied, $"Success! Lock acquired on: {key}", "Error! Did not acquire lock");
        if (!_cas.Get(call.Flags) && _release.Get(call.Flags))
            return ReportLock(io, applied, $"Success! Lock released on: {key}", "Error! Did not release lock");
        io.Out.WriteLine($"Success! Data written to: {key}");
        return ExitCode.Success;
    }

    private static int ReportLock(CliIo io, bool applied, string success, string failure)
    {
        if (!applied)
            return io.Fail(failure);
        io.Out.WriteLine(success);
        return ExitCode.Success;
    }

    /// <summary>DATA is literal, <c>@file</c>, or <c>-</c> for standard input; absent means empty.</summary>
    private static string? ReadData(CliCall call, out byte[] data)
    {
        data = [];
        switch (call.Arguments)
        {
            case [_, ['@', .. var path]]:
                return GoFile.TryReadBytes(path, out data);
            case [_, "-"]:
                using (var buffer = new MemoryStream())
                using (var input = call.Io.OpenInput())
                {
                    input.CopyTo(buffer);
                    data = buffer.ToArray();
                }

                return null;
            case [_, var literal]:
                data = Encoding.UTF8.GetBytes(literal);
                return null;
            default:
                return null;
        }
    }
}
