using System.Globalization;
using System.Text;
using System.Text.Json;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>keyring (cli 8).</summary>
internal sealed class KeyringCommand : ClientCommand
{
    private const long MaxRelayFactor = 5;

    private readonly StringFlag _install;
    private readonly StringFlag _use;
    private readonly StringFlag _remove;
    private readonly BoolFlag _list;
    private readonly BoolFlag _listPrimary;
    private readonly IntFlag _relayFactor;
    private readonly BoolFlag _localOnly;

    /// <summary>Declares the flags.</summary>
    public KeyringCommand()
        : base(ClientFlagGroups.Client)
    {
        _install = Declare(new StringFlag("install", "Installs a new key on all members. It is not used yet."));
        _use = Declare(new StringFlag("use", "Makes an installed key the one that seals."));
        _remove = Declare(new StringFlag("remove", "Removes a key that is not in use."));
        _list = Declare(new BoolFlag("list", "Lists the keys of all members."));
        _listPrimary = Declare(new BoolFlag("list-primary", "Lists the keys that seal."));
        _relayFactor = Declare(new IntFlag("relay-factor", "How many members pass answers on, 0 to 5; answers come directly here."));
        _localOnly = Declare(new BoolFlag("local-only", "Asks the own datacenter's LAN pool only; with -list."));
    }

    /// <inheritdoc/>
    public override string Usage => "keyring [options]";

    /// <inheritdoc/>
    public override string Description => """
        Looks after the keys that encrypt gossip: install a new one everywhere, use it, remove the old one.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        string[] keys = [_install.Get(call.Flags), _use.Get(call.Flags), _remove.Get(call.Flags)];
        bool lists = _list.Get(call.Flags);
        bool listsPrimary = _listPrimary.Get(call.Flags);
        int actions = keys.Count(static key => key.Length > 0) + (lists ? 1 : 0) + (listsPrimary ? 1 : 0);
        if (actions == 0)
        {
            call.Io.Error.Write(HelpText.Of(this));
            return ExitCode.Failure;
        }

        if (actions > 1)
            return call.Io.Fail("Only a single action is allowed");
        long relay = _relayFactor.Get(call.Flags);
        if (relay is < 0 or > MaxRelayFactor)
            return call.Io.Fail("Error parsing relay factor: Relay factor must be in range: [0, 5]");
        bool localOnly = _localOnly.Get(call.Flags);
        if (localOnly && !lists)
            return call.Io.Fail("Error validating local-only: local-only can only be set for list requests");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery("/v1/operator/keyring").WithOptional("relay-factor", relay > 0 ? relay.ToString(CultureInfo.InvariantCulture) : null)
            .WithOptional("local-only", localOnly ? "true" : null);
        return lists || listsPrimary
            ? await ListAsync(call, client, query, listsPrimary ? "PrimaryKeys" : "Keys", cancellation).ConfigureAwait(false)
            : await ChangeAsync(call, client, query, keys, cancellation).ConfigureAwait(false);
    }

    private static async Task<int> ChangeAsync(CliCall call, ConsulClient client, ApiQuery query, string[] keys, CancellationToken cancellation)
    {
        int action = Array.FindIndex(keys, static key => key.Length > 0);
        (string progress, HttpMethod method) = action switch
        {
            0 => ("==> Installing new gossip encryption key...", HttpMethod.Post),
            1 => ("==> Changing primary gossip encryption key...", HttpMethod.Put),
            _ => ("==> Removing gossip encryption key...", HttpMethod.Delete),
        };
        call.Io.Out.WriteLine(progress);
        byte[] body = Encoding.UTF8.GetBytes($"{{\"Key\":{GoQuote.Quote(keys[action])}}}");
        var answer = await client.SendAsync(method, query, body, cancellation).ConfigureAwait(false);
        return answer.Error is { } error ? call.Io.Fail($"error: {error}") : ExitCode.Success;
    }

    private static async Task<int> ListAsync(CliCall call, ConsulClient client, ApiQuery query, string field, CancellationToken cancellation)
    {
        call.Io.Out.WriteLine(field == "Keys" ? "==> Gathering installed encryption keys..." : "==> Gathering installed primary encryption keys...");
        var answer = await client.GetAsync(query, cancellation).ConfigureAwait(false);
        using var json = answer.Error is null ? answer.ReadJson(out _) : null;
        if (json is null)
            return call.Io.Fail($"error: {answer.Error ?? "the agent's answer is not JSON"}");
        foreach (var pool in json.RootElement.Elements())
        {
            call.Io.Out.WriteLine();
            call.Io.Out.WriteLine(pool.Field("WAN").ValueKind == JsonValueKind.True ? "WAN:" : $"{pool.Text("Datacenter")} (LAN):");
            foreach (var message in pool.Field("Messages").Members())
                call.Io.Out.WriteLine($"  ===> {message.Name}: {message.Value.AsText()}");
            foreach (var key in pool.Field(field).Members())
                call.Io.Out.WriteLine($"  {key.Name} [{key.Value.AsText()}/{pool.Text("NumNodes")}]");
        }

        return ExitCode.Success;
    }
}
