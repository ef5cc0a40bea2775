using System.Globalization;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Api.Config;
using Praetor.Api.Watches;
using Praetor.Core.Codec;
using Praetor.Runtime.Children;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>watch (cli 11).</summary>
internal sealed class WatchCommand : ClientCommand
{
    private readonly StringFlag _type;
    private readonly StringFlag _key;
    private readonly StringFlag _prefix;
    private readonly StringFlag _service;
    private readonly ListFlag _tags;
    private readonly StringFlag _passing;
    private readonly StringFlag _state;
    private readonly StringFlag _name;
    private readonly StringFlag _filter;
    private readonly BoolFlag _shell;

    /// <summary>Declares the flags.</summary>
    public WatchCommand() : base(ClientFlagGroups.Server)
    {
        _type = Declare(new StringFlag("type", "What to watch: key, keyprefix, services, nodes, service, checks or event."));
        _key = Declare(new StringFlag("key", "The key, for -type=key."));
        _prefix = Declare(new StringFlag("prefix", "The prefix, for -type=keyprefix."));
        _service = Declare(new StringFlag("service", "The service, for -type=service; one whose checks to watch, for -type=checks."));
        _tags = Declare(new ListFlag("tag", "Only instances with this tag, for -type=service. May be given several times."));
        _passing = Declare(new StringFlag("passingonly", "true: only instances that are healthy, for -type=service."));
        _state = Declare(new StringFlag("state", "Only checks in this state, for -type=checks."));
        _name = Declare(new StringFlag("name", "Only events of this name, for -type=event."));
        _filter = Declare(new StringFlag("filter", "Expression that results must fulfil."));
        _shell = Declare(new BoolFlag("shell", "Runs the handler in a shell. The default value is true.", unset: true));
    }

    /// <inheritdoc/>
    public override string Usage => "watch [options] [child...]";

    /// <inheritdoc/>
    public override string Description => """
        Waits for changes and runs a handler for each, with what is there now on its standard input. Without
        a handler it prints what is there and ends.

            $ consul watch -type=service -service=web ./web-changed
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var type = _type.Get(call.Flags);
        if (type.Length == 0)
            return call.FailWithHelp(this, "Watch type must be specified");
        if (type.StartsWith("connect_", StringComparison.Ordinal) || type.StartsWith("agent_", StringComparison.Ordinal))
            return call.Io.Fail($"Type {type} is not supported in the CLI tool");
        if (ReadParameters(call, type, out var parameters) is { } wrong)
            return call.Io.Fail(wrong);
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        using var interrupts = new Interrupts(cancellation);
        try
        {
            var leader = await client.GetAsync(new ApiQuery("/v1/status/leader"), interrupts.Token).ConfigureAwait(false);
            return leader.Error is { } error
                ? call.Io.Fail($"Error querying Consul agent: {error}")
                : await WatchAsync(call, new WatchPlan(parameters, client.GetAsync, call.Io.Time), interrupts.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
    }

    private async Task<int> WatchAsync(CliCall call, WatchPlan plan, CancellationToken cancellation)
    {
        var code = ExitCode.Success;
        await plan.RunAsync(async (result, cancelled) =>
        {
            if (call.Arguments.Count == 0)
            {
                call.Io.Out.WriteLine(IndentedJson.Format(result.Json, "    "));
                return false;
            }

            if (await RunHandlerAsync(call, result, cancelled).ConfigureAwait(false) is not { } failure)
                return true;
            code = call.Io.Fail(failure);
            return false;
        }, (error, pause) => call.Io.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{call.Io.Time.GetLocalNow():yyyy-MM-dd'T'HH:mm:ss.fffzzz} [ERROR] watch.watch: Watch errored: type={plan.Parameters.Type} error={GoQuote.Quote(error)} retry={GoDuration.Format(GoDuration.FromTimeSpan(pause))}")), cancellation).ConfigureAwait(false);
        return code;
    }

    private async Task<string?> RunHandlerAsync(CliCall call, WatchResult result, CancellationToken cancellation)
    {
        var command = _shell.Get(call.Flags) ? ChildCommand.InShell(call.Arguments) : new ChildCommand(call.Arguments);
        try
        {
            var child = ChildProcess.Start(WatchHandlers.With(command, result) with { InheritsOutput = true });
            await using (child.ConfigureAwait(false))
            {
                var exit = await child.WaitForExitAsync(cancellation).ConfigureAwait(false);
                return exit == 0 ? null : $"Error executing handler: {WatchHandlers.Describe(exit)}";
            }
        }
        catch (ChildStartException failure)
        {
            return $"Error starting handler: {failure.Message}";
        }
    }

    private string? ReadParameters(CliCall call, string type, out WatchParameters parameters)
    {
        parameters = null!;
        var given = ConfigValue.NewObject();
        given.Set("type", ConfigValue.Of(type));
        foreach (var (name, flag) in new[] { ("key", _key), ("prefix", _prefix), ("service", _service), ("state", _state), ("name", _name), ("filter", _filter) })
        {
            if (flag.Get(call.Flags) is { Length: > 0 } value)
                given.Set(name, ConfigValue.Of(value));
        }

        if (_tags.Get(call.Flags) is { Length: > 0 } tags)
            given.Set("tag", ConfigValue.OfList(tags));
        if (Client.IsStale(call.Flags))
            given.Set("stale", ConfigValue.Of(true));
        if (_passing.Get(call.Flags) is { Length: > 0 } passing)
        {
            if (!GoStrconv.TryParseBool(passing, out var isPassing, out var error))
                return $"Failed to parse passingonly flag: {error}";
            given.Set("passingonly", ConfigValue.Of(isPassing));
        }

        return WatchParameters.TryRead(given, out parameters);
    }
}
