using System.Text;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent.Checks;

/// <summary>Container checks against a twin of the engine's three endpoints.</summary>
public class DockerProbeTests
{
    private string _create = CannedServer.Answer("201 Created", "{\"Id\":\"e1\"}");
    private string _start = CannedServer.Answer("200 OK", Frame(1, "out ") + Frame(2, "err"));
    private string _inspect = CannedServer.Answer("200 OK", "{\"ID\":\"e1\",\"ExitCode\":0}");

    [Theory]
    [InlineData(0, "passing")]
    [InlineData(1, "warning")]
    [InlineData(2, "critical")]
    public async Task The_exit_code_decides_and_both_outputs_are_shown(int exitCode, string expected)
    {
        _inspect = CannedServer.Answer("200 OK", $"{{\"ExitCode\":{exitCode}}}");
        Assert.Equal(new CheckResult(expected, "out err"), await RunAsync());
    }

    [Fact]
    public async Task The_command_is_created_started_and_inspected()
    {
        await using var engine = Engine();
        await RunAsync(engine, new CheckSpec());
        var requests = engine.Requests.ToArray();
        Assert.StartsWith("POST /containers/web1/exec ", requests[0]);
        Assert.Contains("\"AttachStdout\":true,\"AttachStderr\":true", requests[0]);
        Assert.Contains("\"Cmd\":[\"check\",\"a b\"]", requests[0]);
        Assert.StartsWith("POST /exec/e1/start ", requests[1]);
        Assert.StartsWith("GET /exec/e1/json ", requests[2]);
    }

    [Fact]
    public async Task Long_output_is_cut_as_that_of_scripts()
    {
        await using var engine = Engine();
        Assert.Equal("Captured 3 of 7 bytes\n...\nerr", (await RunAsync(engine, new CheckSpec { OutputMaxSize = 3 })).Output);
    }

    [Theory]
    [InlineData("404 Not Found", "create exec failed for unknown container web1")]
    [InlineData("409 Conflict", "create exec failed since container web1 is paused or stopped")]
    [InlineData("500 Internal Server Error", "create exec failed for container web1 with status 500: why")]
    public async Task A_command_that_is_not_created_is_critical(string status, string expected)
    {
        _create = CannedServer.Answer(status, "why");
        Assert.Equal(CheckResult.Critical(expected), await RunAsync());
    }

    [Fact]
    public async Task A_command_that_is_not_started_is_critical()
    {
        _start = CannedServer.Answer("409 Conflict", "no");
        Assert.Equal(CheckResult.Critical("start exec failed for container web1 with status 409: no"), await RunAsync());
    }

    [Fact]
    public async Task A_command_that_is_not_inspected_is_critical()
    {
        _inspect = CannedServer.Answer("404 Not Found", "gone");
        Assert.Equal(CheckResult.Critical("inspect exec failed for container web1 with status 404: gone"), await RunAsync());
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    public async Task An_engine_that_answers_nonsense_is_critical(string body)
    {
        _create = CannedServer.Answer("201 Created", body);
        Assert.Equal("critical", (await RunAsync()).Status);
    }

    [Fact]
    public async Task An_engine_that_is_not_there_is_critical()
    {
        var spec = new CheckSpec { DockerContainerId = "web1", Args = ["check"] };
        Assert.Equal(CheckResult.Critical("dial unix /no/such/docker.sock: connect: no such file or directory"),
            await Probe.RunAsync(spec, new CheckRunnerOptions { DockerHost = "unix:///no/such/docker.sock" }));
    }

    private async Task<CheckResult> RunAsync()
    {
        await using var engine = Engine();
        return await RunAsync(engine, new CheckSpec());
    }

    private static Task<CheckResult> RunAsync(CannedServer engine, CheckSpec spec) => Probe.RunAsync(
        spec with { DockerContainerId = "web1", Args = ["check", "a b"] }, new CheckRunnerOptions { DockerHost = $"tcp://127.0.0.1:{engine.Port}" });

    private CannedServer Engine() => new(request =>
        request.Contains("/containers/", StringComparison.Ordinal) ? _create : request.Contains("/start ", StringComparison.Ordinal) ? _start : _inspect);

    private static string Frame(byte stream, string text) =>
        Encoding.Latin1.GetString([stream, 0, 0, 0, 0, 0, 0, (byte)text.Length]) + text;
}
