using System.Security.Cryptography;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>keygen (cli 8).</summary>
internal sealed class KeygenCommand : CliCommand
{
    private const int KeyBytes = 32;

    /// <inheritdoc/>
    public override string Usage => "keygen";

    /// <inheritdoc/>
    public override string Description => """
        Makes a new key for the encryption of gossip.
        """;

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        call.Io.Out.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        return Task.FromResult(ExitCode.Success);
    }
}
