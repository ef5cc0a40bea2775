using System.Text;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Core.Filtering;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>event (cli 8).</summary>
internal sealed class EventCommand : ClientCommand
{
    private readonly StringFlag _name;
    private readonly StringFlag _node;
    private readonly StringFlag _service;
    private readonly StringFlag _tag;

    /// <summary>Declares the flags.</summary>
    public EventCommand()
        : base(ClientFlagGroups.Server)
    {
        _name = Declare(new StringFlag("name", "Name of the event."));
        _node = Declare(new StringFlag("node", "Regular expression: only agents whose node name matches."));
        _service = Declare(new StringFlag("service", "Regular expression: only agents with a service that matches."));
        _tag = Declare(new StringFlag("tag", "Regular expression: only if such a service has a tag that matches."));
    }

    /// <inheritdoc/>
    public override string Usage => "event [options] [payload]";

    /// <inheritdoc/>
    public override string Description => """
        Fires a user event in the whole datacenter, or at the agents that match.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        string name = _name.Get(call.Flags);
        if (name.Length == 0)
            return call.FailWithHelp(this, "Event name must be specified");
        (string node, string service, string tag) = (_node.Get(call.Flags), _service.Get(call.Flags), _tag.Get(call.Flags));
        foreach ((string kind, string pattern) in new[] { ("node", node), ("service", service), ("tag", tag) })
        {
            if (pattern.Length > 0 && !GoRegex.TryCompile(pattern, out _, out string? error))
                return call.Io.Fail($"Failed to compile {kind} filter regexp: {error}");
        }

        if (tag.Length > 0 && service.Length == 0)
            return call.Io.Fail("Cannot provide tag filter without service filter.");
        if (call.Arguments.Count > 1)
            return call.FailWithHelp(this, "Too many command line arguments.");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        // Asked first, so that an agent that is not there is told apart from an event that is refused.
        if ((await client.GetAsync(new ApiQuery("/v1/agent/self"), cancellation).ConfigureAwait(false)).Error is { } unreachable)
            return call.Io.Fail($"Error querying Consul agent: {unreachable}");
        var query = new ApiQuery("/v1/event/fire/" + ApiQuery.EscapePath(name)).WithOptional("node", node).WithOptional("service", service).WithOptional("tag", tag);
        ReadOnlyMemory<byte>? payload = call.Arguments.Count == 1 ? Encoding.UTF8.GetBytes(call.Arguments[0]) : null;
        var answer = await client.PutAsync(query, payload, cancellation).ConfigureAwait(false);
        using var json = answer.Error is null ? answer.ReadJson(out _) : null;
        if (json is null)
            return call.Io.Fail($"Error firing event: {answer.Error ?? "the agent's answer is not JSON"}");
        call.Io.Out.WriteLine($"Event ID: {json.RootElement.Text("ID")}");
        return ExitCode.Success;
    }
}
