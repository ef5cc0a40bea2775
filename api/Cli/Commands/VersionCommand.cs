using Praetor.Api.Cli.Flags;
using Praetor.Core;

namespace Praetor.Api.Cli.Commands;

/// <summary>version (cli 8).</summary>
internal sealed class VersionCommand : CliCommand
{
    private const int ProtocolDefault = 2;
    private const int ProtocolMin = 2;
    private const int ProtocolMax = 3;

    private readonly StringFlag _format;

    /// <summary>Declares the flags.</summary>
    public VersionCommand() => _format = Declare(new StringFlag("format", "Output format {pretty|json}", unset: "pretty"));

    /// <inheritdoc/>
    public override string Usage => "version [options]";

    /// <inheritdoc/>
    public override string Description => """
        Prints the API level, the protocol versions and the build.
        """;

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        switch (_format.Get(call.Flags))
        {
            case "pretty":
                call.Io.Out.Write(Pretty());
                return Task.FromResult(ExitCode.Success);
            case "json":
                call.Io.Out.Write(Json());
                return Task.FromResult(ExitCode.Success);
            case var other:
                return Task.FromResult(call.Io.Fail($"Unknown format: {other}"));
        }
    }

    /// <summary>The first line is what clients parse; our own version follows what Consul prints.</summary>
    private static string Pretty() => $"""
        Consul v{ProductVersion.ConsulLevel}
        Build Date {ProductVersion.BuildDate}
        Protocol {ProtocolDefault} spoken by default, understands {ProtocolMin} to {ProtocolMax} (agent will automatically use protocol >{ProtocolDefault} when speaking to compatible agents)
        Praetor v{ProductVersion.Own}


        """;

    private static string Json() => $$"""
        {
           "Version": "{{ProductVersion.ConsulLevel}}",
           "Revision": "",
           "Prerelease": "",
           "BuildDate": "{{ProductVersion.BuildDate}}",
           "RPC": {
              "Default": {{ProtocolDefault}},
              "Min": {{ProtocolMin}},
              "Max": {{ProtocolMax}}
           }
        }

        """;
}
