using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>monitor (cli 8).</summary>
internal sealed class MonitorCommand : ClientCommand
{
    private readonly StringFlag _level;
    private readonly BoolFlag _json;

    /// <summary>Declares the flags.</summary>
    public MonitorCommand() : base(ClientFlagGroups.Client)
    {
        _level = Declare(new StringFlag("log-level", "Lines below this level are left out.", unset: "INFO"));
        _json = Declare(new BoolFlag("log-json", "Shows lines as JSON."));
    }

    /// <inheritdoc/>
    public override string Usage => "monitor [options]";

    /// <inheritdoc/>
    public override string Description => """
        Shows the agent's log as it is written, until interrupted. The level may be lower than the one
        that the agent itself logs at.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        using var interrupts = new Interrupts(cancellation);
        var asJson = _json.Get(call.Flags);
        var query = new ApiQuery("/v1/agent/monitor").With("loglevel", _level.Get(call.Flags)).WithFlag("logjson", asJson);
        try
        {
            using var answer = await client.OpenAsync(query, interrupts.Token).ConfigureAwait(false);
            if (answer.Error is { } error)
                return call.Io.Fail($"Error starting {(asJson ? "JSON " : "")}monitor: {error}");
            await PassOnAsync(call, answer, interrupts.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
        {
            return ExitCode.Success;
        }

        call.Io.Out.WriteLine();
        call.Io.Out.WriteLine("Remote side ended the monitor! This usually means that the\nremote side has exited or crashed.");
        return ExitCode.Failure;
    }

    private static async Task PassOnAsync(CliCall call, StreamedAnswer answer, CancellationToken cancellation)
    {
        var lines = await answer.OpenAsync(cancellation).ConfigureAwait(false);
        await using (lines.ConfigureAwait(false))
        {
            var buffer = new byte[16 * 1024];
            try
            {
                for (int read; (read = await lines.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
                    call.Io.Out.Write(buffer.AsSpan(0, read));
            }
            catch (IOException)
            {
                // The agent went away in the middle of a line.
            }
        }
    }
}
