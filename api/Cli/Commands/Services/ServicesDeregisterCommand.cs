using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Commands.Services;

/// <summary>services deregister (cli 8).</summary>
internal sealed class ServicesDeregisterCommand : ClientCommand
{
    private readonly StringFlag _id;

    /// <summary>Declares the flags.</summary>
    public ServicesDeregisterCommand() : base(ClientFlagGroups.Server | ClientFlagGroups.Namespace) =>
        _id = Declare(new StringFlag("id", "ID of the service; not given together with files."));

    /// <inheritdoc/>
    public override string Usage => "services deregister [options] [FILE...]";

    /// <inheritdoc/>
    public override string Description => """
        Deregisters a service that was registered with the local agent, by its ID
        or by the files that define it.

            $ consul services deregister -id=web
            $ consul services deregister web.json
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var (io, files, id) = (call.Io, call.Arguments, _id.Get(call.Flags));
        if (files.Count == 0 && id.Length == 0)
            return io.Fail("Service deregistration requires at least one argument or -id.");
        if (files.Count > 0 && id.Length > 0)
            return io.Fail("Service deregistration requires arguments or -id, not both.");
        IReadOnlyList<ServiceToRegister> services = [new ServiceToRegister(id, "", [])];
        if (files.Count > 0 && ServiceFiles.Load(files, io, out services) is { } error)
            return io.Fail(error);
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        foreach (var service in services)
        {
            var target = service.Id.Length > 0 ? service.Id : service.Name;
            var answer = await client.PutAsync(
                new ApiQuery("/v1/agent/service/deregister/" + Uri.EscapeDataString(target)), null, cancellation).ConfigureAwait(false);
            if (answer.Error is { } failure)
                return io.Fail($"Error deregistering service {GoQuote.Quote(service.Name)}: {failure}");
            io.Out.WriteLine($"Deregistered service: {target}");
        }

        return ExitCode.Success;
    }
}
