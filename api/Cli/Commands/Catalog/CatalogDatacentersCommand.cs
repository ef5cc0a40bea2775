using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands.Catalog;

/// <summary>catalog datacenters (cli 8).</summary>
internal sealed class CatalogDatacentersCommand() : ClientCommand(ClientFlagGroups.Server)
{
    /// <inheritdoc/>
    public override string Usage => "catalog datacenters [options]";

    /// <inheritdoc/>
    public override string Description => """
        Prints the names of all known datacenters.

            $ consul catalog datacenters
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        if (call.TooMany(0) is { } tooMany)
            return call.Io.Fail(tooMany);
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var answer = await client.GetAsync(new ApiQuery("/v1/catalog/datacenters"), cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return call.Io.Fail($"Error listing datacenters: {error}");
        using var json = answer.ReadJson(out var jsonError);
        if (json is null)
            return call.Io.Fail($"Error listing datacenters: {jsonError}");
        foreach (var name in json.RootElement.Elements())
            call.Io.Out.WriteLine(name.AsText());
        return ExitCode.Success;
    }
}
