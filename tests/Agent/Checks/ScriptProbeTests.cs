using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Runtime.Agent.Checks;
using Praetor.Tests.Support;

namespace Praetor.Tests.Agent.Checks;

public class ScriptProbeTests
{
    [Theory]
    [InlineData("exit 0", "passing", "")]
    [InlineData("exit 1", "warning", "")]
    [InlineData("exit 2", "critical", "")]
    [InlineData("exit 255", "critical", "")]
    [InlineData("kill -9 $$", "critical", "")]
    [InlineData("echo fine", "passing", "fine\n")]
    [InlineData("echo out; echo err >&2; echo out; exit 1", "warning", "out\nerr\nout\n")]
    [InlineData("echo err > /dev/stderr", "passing", "err\n")]
    [InlineData("cat", "passing", "")]
    [InlineData("yes | head -1", "passing", "y\n")]
    public async Task The_exit_code_decides_and_what_was_printed_is_shown_in_order(string script, string status, string output) =>
        Assert.Equal(new CheckResult(status, output), await RunAsync(script));

    [Fact]
    public async Task Arguments_reach_the_command_as_they_are() =>
        Assert.Equal(CheckResult.Passing("a b|$HOME|*\n"), await Probe.RunAsync(new CheckSpec { Args = ["sh", "-c", "echo \"$1|$2|$3\"", "sh", "a b", "$HOME", "*"] }));

    [Theory]
    [InlineData(10, "Captured 10 of 26 bytes\n...\nqrstuvwxyz")]
    [InlineData(26, "abcdefghijklmnopqrstuvwxyz")]
    public async Task Of_long_output_the_last_part_is_kept(int limit, string expected) =>
        Assert.Equal(expected, (await Probe.RunAsync(new CheckSpec { Args = ["printf", "abcdefghijklmnopqrstuvwxyz"], OutputMaxSize = limit })).Output);

    [Theory]
    [InlineData("no-such-command-anywhere", "exec: \"no-such-command-anywhere\": executable file not found in $PATH")]
    [InlineData("/no/such/file", "fork/exec /no/such/file: no such file or directory")]
    [InlineData("/etc/passwd", "fork/exec /etc/passwd: permission denied")]
    [InlineData("/etc/passwd/x", "fork/exec /etc/passwd/x: not a directory")]
    public async Task What_cannot_be_started_is_critical_at_once(string command, string expected) =>
        Assert.Equal(new CheckResult("critical", expected, BypassesThresholds: true), await Probe.RunAsync(new CheckSpec { Args = [command] }));

    [Fact]
    public async Task A_script_runs_in_a_process_group_of_its_own()
    {
        var result = await RunAsync("echo $$; cut -d' ' -f5 /proc/$$/stat");
        var lines = result.Output.Split('\n');
        Assert.Equal(lines[0], lines[1]);
    }

    [Fact]
    public async Task A_script_inherits_no_ignored_or_blocked_signals()
    {
        var result = await RunAsync("grep -E 'SigBlk|SigIgn' /proc/self/status | cut -f2");
        // The C library keeps two signals beyond the 31 of the standard for itself.
        const ulong Standard = 0x7fff_ffff;
        Assert.All(result.Output.TrimEnd().Split('\n'), static line => Assert.Equal(0UL, Convert.ToUInt64(line, 16) & Standard));
    }

    [Fact]
    public async Task At_the_timeout_the_whole_group_is_killed_and_what_was_printed_is_shown()
    {
        using var pipe = new NamedPipe();
        using var deadline = new CancellationTokenSource();
        var run = Probe.RunAsync(new CheckSpec { Args = ["sh", "-c", $"echo working; sleep 1000 & echo $! > {pipe.Path}; wait"], Timeout = TimeSpan.FromSeconds(90) }, deadline.Token);
        var child = await pipe.ReadPidAsync();
        await deadline.CancelAsync();
        Assert.Equal(new CheckResult("critical", "Timed out (1m30s) running check\n\nworking\n", BypassesThresholds: true), await run);
        await AgentHarness.UntilAsync(() => HasEnded(child), "the script's child outlived it");
    }

    [Fact]
    public async Task A_child_that_holds_the_output_after_the_script_has_ended_is_killed_too()
    {
        using var pipe = new NamedPipe();
        using var deadline = new CancellationTokenSource();
        var run = Probe.RunAsync(new CheckSpec { Args = ["sh", "-c", $"(echo $$; exec sh -c 'echo $$ > {pipe.Path}; exec sleep 1000') & exit 0"] }, deadline.Token);
        var child = await pipe.ReadPidAsync();
        await deadline.CancelAsync();
        Assert.StartsWith("Timed out (30s) running check", (await run).Output);
        await AgentHarness.UntilAsync(() => HasEnded(child), "the script's child outlived it");
    }

    [Fact]
    public async Task Disposing_the_runner_kills_the_script_under_way()
    {
        using var pipe = new NamedPipe();
        var time = new ManualTime();
        var reports = new ReportLog();
        var spec = new CheckSpec { CheckId = "c", Args = ["sh", "-c", $"sleep 1000 & echo $! > {pipe.Path}; wait"], Interval = TimeSpan.FromSeconds(5) };
        var runner = CheckRunners.Create(spec, new CheckRunnerOptions(), reports, time, new Random(1), NullLogger.Instance)!;
        runner.Start();
        time.Advance(TimeSpan.FromSeconds(5));
        var child = await pipe.ReadPidAsync();
        await runner.DisposeAsync();
        await AgentHarness.UntilAsync(() => HasEnded(child), "the script outlived its runner");
        Assert.Equal(0, reports.Waiting);
    }

    [Fact]
    public async Task No_run_leaves_a_zombie()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RunAsync("exit 0")));
        Assert.DoesNotContain(ChildrenOfThisProcess(), static child => child.State == 'Z');
    }

    private static Task<CheckResult> RunAsync(string script) => Probe.RunAsync(new CheckSpec { Args = ["/bin/sh", "-c", script] });

    /// <summary>Gone, or dead and waiting for whoever adopted it.</summary>
    private static bool HasEnded(int pid)
    {
        try
        {
            return State(File.ReadAllText($"/proc/{pid}/stat")) == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static List<(int Pid, char State)> ChildrenOfThisProcess()
    {
        var children = new List<(int, char)>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid))
                continue;
            try
            {
                var stat = File.ReadAllText(folder + "/stat");
                if (stat[(stat.LastIndexOf(')') + 4)..].StartsWith($"{Environment.ProcessId} ", StringComparison.Ordinal))
                    children.Add((pid, State(stat)));
            }
            catch (IOException)
            {
                // Ended while we looked.
            }
        }

        return children;
    }

    private static char State(string stat) => stat[stat.LastIndexOf(')') + 2];

    /// <summary>A FIFO through which a script tells a process id.</summary>
    private sealed class NamedPipe : IDisposable
    {
        public NamedPipe()
        {
            Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "praetor-" + Guid.NewGuid().ToString("N"));
            using var mkfifo = Process.Start("mkfifo", Path);
            mkfifo.WaitForExit();
        }

        public string Path { get; }

        public async Task<int> ReadPidAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var text = await Task.Run(() => File.ReadAllText(Path)).WaitAsync(limit.Token);
            return int.Parse(text, CultureInfo.InvariantCulture);
        }

        public void Dispose() => File.Delete(Path);
    }
}
