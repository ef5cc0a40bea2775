using System.Globalization;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Kv;

/// <summary>kv delete (cli 8).</summary>
internal sealed class KvDeleteCommand : ClientCommand
{
    private readonly BoolFlag _cas;
    private readonly UintFlag _modifyIndex;
    private readonly BoolFlag _recurse;

    /// <summary>Declares the flags.</summary>
    public KvDeleteCommand() : base(ClientFlagGroups.Server | ClientFlagGroups.Namespace)
    {
        _cas = Declare(new BoolFlag("cas", "Deletes only if the key has not changed since -modify-index. The default value is false."));
        _modifyIndex = Declare(new UintFlag("modify-index", "ModifyIndex the key must have for -cas."));
        _recurse = Declare(new BoolFlag("recurse", "Deletes all keys that start with the given prefix. The default value is false."));
    }

    /// <inheritdoc/>
    public override string Usage => "kv delete [options] KEY_OR_PREFIX";

    /// <inheritdoc/>
    public override string Description => """
        Deletes a key; a key that does not exist is no error.

            $ consul kv delete redis/config/connections

        All keys below a prefix:

            $ consul kv delete -recurse redis/
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var (io, cas, recurse) = (call.Io, _cas.Get(call.Flags), _recurse.Get(call.Flags));
        var modifyIndex = _modifyIndex.Get(call.Flags);
        if (call.TooMany(1, "Error! ") is { } tooMany)
            return io.Fail(tooMany);
        var key = KvCommands.WithoutLeadingSlash(call.Arguments is [var first, ..] ? first : "");
        if (key.Length == 0 && !recurse)
            return io.Fail("Error! Missing KEY argument");
        if (cas && modifyIndex == 0)
            return io.Fail("Cannot delete a key that does not exist. Provide a -modify-index greater than than 0.");
        if (!cas && modifyIndex != 0)
            return io.Fail("Cannot specify -modify-index without -cas!");
        if (cas && recurse)
            return io.Fail("Cannot specify both -cas and -recurse!");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery(KvCommands.PathOf(key)).WithFlag("recurse", recurse)
            .WithOptional("cas", cas ? modifyIndex.ToString(CultureInfo.InvariantCulture) : null);
        var answer = await client.DeleteAsync(query, cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
        {
            return io.Fail(recurse ? $"Error! Did not delete prefix {key}: {error}"
                : cas ? $"Error! Did not delete key {key}: {error}"
                : $"Error deleting key {key}: {error}");
        }

        if (cas && !answer.IsTrue)
            return io.Fail($"Error! Did not delete key {key}: CAS failed");
        io.Out.WriteLine(recurse ? $"Success! Deleted keys with prefix: {key}" : $"Success! Deleted key: {key}");
        return ExitCode.Success;
    }
}
