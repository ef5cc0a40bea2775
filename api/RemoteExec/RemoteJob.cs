using System.Text.Json;
using Praetor.Api.Cli.Client;
using Praetor.Runtime.Children;

namespace Praetor.Api.RemoteExec;

/// <summary>What is to be run (cli 9).</summary>
/// <param name="Command">A line for the shell; empty if there are <paramref name="Args"/> or a <paramref name="Script"/>.</param>
/// <param name="Args">Program and arguments, without a shell.</param>
/// <param name="Script">A script, spilled to a file; empty for none.</param>
/// <param name="Wait">After so long without output it tells that it is alive.</param>
internal sealed record RemoteJob(string Command, IReadOnlyList<string> Args, byte[] Script, TimeSpan Wait)
{
    private static readonly TimeSpan s_leastWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads the job's JSON; null if it is none.</summary>
    public static RemoteJob? TryRead(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var script = root.Field("Script") is { ValueKind: JsonValueKind.String } text && text.TryGetBytesFromBase64(out var bytes) ? bytes : [];
            var wait = TimeSpan.FromTicks(root.Number("Wait") / 100);
            var job = new RemoteJob(root.Text("Command"), [.. root.Field("Args").Elements().Select(static arg => arg.AsText())], script, wait > s_leastWait ? wait : s_leastWait);
            return job.Command.Length > 0 || job.Args.Count > 0 || job.Script.Length > 0 ? job : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What to start. A script is written to a file first, which the caller deletes.</summary>
    public ChildCommand Prepare(out string? scriptFile)
    {
        scriptFile = null;
        if (Script.Length == 0)
            return Args.Count > 0 ? new ChildCommand(Args) : ChildCommand.InShell([Command]);
        scriptFile = Path.Combine(Path.GetTempPath(), $"rexec-{Guid.NewGuid():N}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        using (var file = new FileStream(scriptFile, options))
            file.Write(Script);
        return ChildCommand.InShell([scriptFile]);
    }
}
