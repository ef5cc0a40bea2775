using Praetor.Api.Cli.Flags;
using Praetor.Api.Config;
using Praetor.Api.Logging;

namespace Praetor.Api.Cli.Agent;

/// <summary>agent (cli 7): loads the configuration and runs the agent until it is told to stop.</summary>
internal sealed class AgentCommand : CliCommand
{
    private const string ErrorPrefix = "==> ";

    private readonly AgentFlags _flags = new();

    /// <summary>Declares the flags.</summary>
    public AgentCommand()
    {
        foreach (var flag in _flags.All)
            Declare(flag);
    }

    /// <inheritdoc/>
    public override string Usage => "agent [options]";

    /// <inheritdoc/>
    public override string Description => """
        Runs an agent until it is interrupted. Every machine of a cluster runs one,
        most of them as clients, a few as servers.

        For a first look, an agent of its own that keeps everything in memory:

            $ consul agent -dev
        """;

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => $"{ErrorPrefix}error parsing flags: {error}";

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        if (call.Arguments.Count > 0)
            return Fail(call, $"Unexpected extra arguments: [{string.Join(' ', call.Arguments)}]");
        var input = _flags.ToInput(call.Flags);
        var load = ConfigLoader.Load(input, HostFacts.OfThisMachine());
        if (load.Config is not { } config)
            return Fail(call, load.Error ?? "");
        if (!LogLevels.TryParse(config.Log.Level, out var level))
            return Fail(call, LogLevels.Refusal(config.Log.Level));
        if (NodeIdFile.Resolve(config.NodeId, config.DataDirectory, config.DisableHostNodeId ? Guid.NewGuid : HostIdentity.NodeId, out var nodeId) is { } nodeIdError)
            return Fail(call, nodeIdError);
        return AgentProcess.RunAsync(
            new AgentStart(config with { NodeId = nodeId }, level, load.Warnings, () => ConfigLoader.Load(input, HostFacts.OfThisMachine()), input.Paths), call.Io, cancellation);
    }

    private static Task<int> Fail(CliCall call, string error) => Task.FromResult(call.Io.Fail(ErrorPrefix + error));
}
