namespace Praetor.Api.Cli.Client;

/// <summary>A command that talks to an agent.</summary>
public abstract class ClientCommand : CliCommand
{
    /// <summary>Declares the shared flags.</summary>
    protected ClientCommand(ClientFlagGroups groups)
    {
        Client = new ClientFlags(groups);
        foreach (var flag in Client.All)
            Declare(flag);
    }

    /// <summary>The shared flags.</summary>
    protected ClientFlags Client { get; }

    /// <summary>What stands before the text when the client cannot be made.</summary>
    protected virtual string ConnectErrorPrefix => "Error connecting to Consul agent: ";

    /// <summary>Makes the client; on failure writes the error and returns null.</summary>
    protected ConsulClient? Connect(CliCall call)
    {
        if (ConsulClient.Create(call, Client, out var client) is not { } error)
            return client;
        call.Io.Fail(ConnectErrorPrefix + error);
        return null;
    }
}
