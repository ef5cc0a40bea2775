using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>maint (cli 8).</summary>
internal sealed class MaintCommand : ClientCommand
{
    private const string NodeCheck = "_node_maintenance";
    private const string ServiceCheckPrefix = "_service_maintenance:";

    private readonly BoolFlag _enable;
    private readonly BoolFlag _disable;
    private readonly StringFlag _reason;
    private readonly StringFlag _service;

    /// <summary>Declares the flags.</summary>
    public MaintCommand() : base(ClientFlagGroups.Client)
    {
        _enable = Declare(new BoolFlag("enable", "Puts the node, or a service, into maintenance mode."));
        _disable = Declare(new BoolFlag("disable", "Ends maintenance mode."));
        _reason = Declare(new StringFlag("reason", "Why, for whoever looks at it."));
        _service = Declare(new StringFlag("service", "ID of a service of this agent, instead of the node."));
    }

    /// <inheritdoc/>
    public override string Usage => "maint [options]";

    /// <inheritdoc/>
    public override string Description => """
        Takes the agent's node, or one of its services, out of discovery for a while, or back in. Without flags it
        shows what is in maintenance mode.

            $ consul maint -enable -reason="kernel update"
            $ consul maint -disable
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var (io, enable, disable) = (call.Io, _enable.Get(call.Flags), _disable.Get(call.Flags));
        var (reason, service) = (_reason.Get(call.Flags), _service.Get(call.Flags));
        if (enable && disable)
            return io.Fail("Only one of -enable or -disable may be provided");
        if (!enable && reason.Length > 0)
            return io.Fail("Reason may only be provided with -enable");
        if (!enable && !disable && service.Length > 0)
            return io.Fail("Service requires either -enable or -disable");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        if (!enable && !disable)
            return await ShowAsync(call, client, cancellation).ConfigureAwait(false);
        var query = new ApiQuery(service.Length == 0 ? "/v1/agent/maintenance" : "/v1/agent/service/maintenance/" + Uri.EscapeDataString(service))
            .With("enable", enable ? "true" : "false").WithOptional("reason", reason);
        var answer = await client.PutAsync(query, body: null, cancellation).ConfigureAwait(false);
        var what = service.Length == 0 ? "node" : "service";
        if (answer.Error is { } error)
            return io.Fail($"Error {(enable ? "enabling" : "disabling")} {what} maintenance: {error}");
        io.Out.WriteLine(service.Length == 0
            ? $"Node maintenance is now {(enable ? "enabled" : "disabled")}"
            : $"Service maintenance is now {(enable ? "enabled" : "disabled")} for {GoQuote.Quote(service)}");
        return ExitCode.Success;
    }

    private static async Task<int> ShowAsync(CliCall call, ConsulClient client, CancellationToken cancellation)
    {
        var answer = await client.GetAsync(new ApiQuery("/v1/agent/checks"), cancellation).ConfigureAwait(false);
        using var json = answer.Error is null ? answer.ReadJson(out _) : null;
        if (json is null)
            return call.Io.Fail($"Error getting checks: {answer.Error ?? "the agent's answer is not JSON"}");
        foreach (var check in json.RootElement.Members())
        {
            if (check.Name == NodeCheck)
                Show(call, "Node:", "Name:  ", check.Value.Text("Node"), check.Value.Text("Notes"));
            else if (check.Name.StartsWith(ServiceCheckPrefix, StringComparison.Ordinal))
                Show(call, "Service:", "ID:    ", check.Value.Text("ServiceID"), check.Value.Text("Notes"));
        }

        return ExitCode.Success;
    }

    private static void Show(CliCall call, string title, string label, string name, string reason) =>
        call.Io.Out.Write($"{title}\n  {label} {name}\n  Reason: {reason}\n\n");
}
