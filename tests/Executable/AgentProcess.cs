using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Praetor.Tests.Executable;

/// <summary>The real executable as a process of its own, on a loopback address of its own, so that the standard ports are free.</summary>
public sealed partial class AgentProcess : IDisposable
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigUsr1 = 10;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    /// <summary>What a process ends with that died of an unhandled exception.</summary>
    private const int Aborted = 134;

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private AgentProcess(string address, Process process)
    {
        Address = address;
        _process = process;
        Http = new HttpClient { BaseAddress = new Uri($"http://{address}:8500"), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>127.x.y.z, where HTTP is on 8500 and DNS on 8600.</summary>
    public string Address { get; }

    public HttpClient Http { get; }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>An address that no other test of this run and, with all likelihood, no other process uses.</summary>
    public static string FreshAddress()
    {
        byte[] bytes = Guid.NewGuid().ToByteArray();
        return $"127.{(bytes[0] % 200) + 20}.{bytes[1]}.{(bytes[2] % 250) + 1}";
    }

    /// <summary>Starts a server on a data directory and does not wait.</summary>
    public static AgentProcess Launch(string dataDirectory, string? address = null, params string[] more)
    {
        address ??= FreshAddress();
        return LaunchAgent(address, ["-server", "-bootstrap-expect=1", $"-data-dir={dataDirectory}", $"-bind={address}", $"-client={address}", "-node=n1", .. more]);
    }

    /// <summary>Starts an agent with these flags, whose HTTP API will be at an address, and does not wait.</summary>
    public static AgentProcess LaunchAgent(string address, IEnumerable<string> flags, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { Path.Combine(AppContext.BaseDirectory, "praetor.dll"), "agent" }.Concat(flags))
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        var agent = new AgentProcess(address, Process.Start(start)!);
        agent.Collect();
        return agent;
    }

    /// <summary>Starts a server and waits until it has a leader.</summary>
    public static async Task<AgentProcess> StartAsync(string dataDirectory, string? address = null, params string[] more)
    {
        AgentProcess agent = Launch(dataDirectory, address, more);
        await agent.WaitAsync(async () => (await agent.Http.GetStringAsync("/v1/status/leader")).Contains(':', StringComparison.Ordinal), "a leader");
        return agent;
    }

    /// <summary>Asks again until the answer is yes. A refused connection counts as no.</summary>
    public async Task WaitAsync(Func<Task<bool>> condition, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
        {
            try
            {
                if (await condition())
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            Assert.False(_process.HasExited, $"the agent ended while waiting for {what}:\n{Output}");
            await Task.Delay(20);
        }

        Assert.Fail($"no {what}:\n{Output}");
    }

    public async Task<bool> PutAsync(string path, string body)
    {
        using HttpResponseMessage answer = await Http.PutAsync(path, new StringContent(body));
        return answer.StatusCode == HttpStatusCode.OK;
    }

    public void Kill()
    {
        Signal(SigKill);
        _process.WaitForExit();
    }

    public Task<int> TerminateAsync() => EndAsync(SigTerm);

    public Task<int> InterruptAsync() => EndAsync(SigInt);

    /// <summary>Stands still, as on a machine that swaps.</summary>
    public void Pause() => Signal(SigStop);

    public void Resume() => Signal(SigCont);

    public void HangUp() => Signal(SigHup);

    public void AskForMetrics() => Signal(SigUsr1);

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        Assert.True(_process.ExitCode != Aborted, Output);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
        Http.Dispose();
    }

    private async Task<int> EndAsync(int signal)
    {
        Signal(signal);
        return await ExitAsync();
    }

    private void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    private void Collect()
    {
        void Add(object sender, DataReceivedEventArgs line)
        {
            lock (_output)
                _output.AppendLine(line.Data);
        }

        _process.OutputDataReceived += Add;
        _process.ErrorDataReceived += Add;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
