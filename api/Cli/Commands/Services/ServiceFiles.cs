using Praetor.Api.Config;

namespace Praetor.Api.Cli.Commands.Services;

/// <summary>A service to be registered or deregistered.</summary>
/// <param name="Id">ID; empty if the file gives none.</param>
/// <param name="Name">Name.</param>
/// <param name="Body">Body of the registration.</param>
internal sealed record ServiceToRegister(string Id, string Name, byte[] Body);

/// <summary>Services that files define; the files are read as agent configuration (cli 8, services).</summary>
internal static class ServiceFiles
{
    /// <summary>Loads the files; warnings go to standard error.</summary>
    /// <returns>Null with the services, or the text to fail with.</returns>
    public static string? Load(IReadOnlyList<string> paths, CliIo io, out IReadOnlyList<ServiceToRegister> services)
    {
        services = [];
        var load = ConfigLoader.Load(new ConfigInput { DevMode = true, Paths = paths }, HostFacts.OfThisMachine());
        foreach (var warning in load.Warnings)
            io.Error.WriteLine(warning);
        if (load.Config is not { } config)
            return $"Error: {load.Error}";
        var blocks = config.Raw.Blocks("services");
        foreach (var block in blocks)
        {
            if (CheckAddresses(block) is { } error)
                return error;
        }

        services = [.. blocks.Select(block => new ServiceToRegister(block.Text("id"), block.Text("name"), ServiceRegistrationBody.Of(block)))];
        return null;
    }

    private static string? CheckAddresses(ConfigValue block)
    {
        if (ServiceAddressRules.Error(block.Text("address")) is { } error)
            return $"Invalid Service address for service '{block.Text("name")}'. Use port field instead: {error}";
        foreach (var (name, tagged) in block.Find("tagged_addresses")?.Members ?? [])
        {
            if (ServiceAddressRules.Error(tagged.Text("address")) is { } taggedError)
                return $"Invalid Tagged address for tagged address '{name}': {taggedError}";
        }

        return null;
    }
}
