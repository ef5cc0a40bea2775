using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Children;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>Runs a command: exit 0 is passing, 1 warning, all else critical. Output is the last part of what it printed.</summary>
internal sealed class ScriptProbe(CheckSpec spec, int outputMaxSizeBytes) : ICheckProbe
{
    private const int ReadBytes = 4096;

    /// <summary>What a pipe holds.</summary>
    private const int PipeBytes = 64 * 1024;

    public TimeSpan Timeout { get; } = ProbeTimeout.Of(spec, ProbeTimeout.Script);

    public async ValueTask<CheckResult> RunAsync(CancellationToken deadline)
    {
        ChildProcess process;
        try
        {
            process = ChildProcess.Start(new ChildCommand(spec.Args));
        }
        catch (ChildStartException error)
        {
            return new CheckResult(CheckStatus.Critical, error.Message, BypassesThresholds: true);
        }

        await using (process.ConfigureAwait(false))
        {
            var output = new TailBuffer(outputMaxSizeBytes);
            try
            {
                await ReadAllAsync(process.Output, output, deadline).ConfigureAwait(false);
                var exitCode = await process.WaitForExitAsync(deadline).ConfigureAwait(false);
                return new CheckResult(StatusOf(exitCode), output.ToCapturedText());
            }
            catch (OperationCanceledException)
            {
                process.KillGroup();
                ReadRest(process, output);
                var text = $"Timed out ({GoDuration.Format(GoDuration.FromTimeSpan(Timeout))}) running check";
                var printed = output.ToCapturedText();
                return new CheckResult(CheckStatus.Critical, printed.Length > 0 ? $"{text}\n\n{printed}" : text, BypassesThresholds: true);
            }
        }
    }

    public void Dispose()
    {
    }

    /// <summary>passing, warning or critical for an exit code; also what a container's command means.</summary>
    public static string StatusOf(int exitCode) => exitCode switch
    {
        0 => CheckStatus.Passing,
        1 => CheckStatus.Warning,
        _ => CheckStatus.Critical,
    };

    private static async Task ReadAllAsync(Stream from, TailBuffer into, CancellationToken deadline)
    {
        var buffer = new byte[ReadBytes];
        int count;
        while ((count = await from.ReadAsync(buffer, deadline).ConfigureAwait(false)) > 0)
            into.Write(buffer.AsSpan(0, count));
    }

    /// <summary>
    /// Reads what was printed before the kill and lies in the pipe. Does not wait for its end: a child that left the group may hold it.
    /// </summary>
    private static void ReadRest(ChildProcess from, TailBuffer into)
    {
        var buffer = new byte[ReadBytes];
        for (int count, total = 0; total < PipeBytes && (count = from.ReadAvailable(buffer)) > 0; total += count)
            into.Write(buffer.AsSpan(0, count));
    }
}
