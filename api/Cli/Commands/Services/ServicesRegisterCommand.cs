using System.Globalization;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Api.Config;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Commands.Services;

/// <summary>services register (cli 8).</summary>
internal sealed class ServicesRegisterCommand : ClientCommand
{
    private readonly StringFlag _address;
    private readonly StringFlag _id;
    private readonly StringFlag _kind;
    private readonly MapFlag _meta;
    private readonly StringFlag _name;
    private readonly IntFlag _port;
    private readonly StringFlag _socket;
    private readonly ListFlag _tag;
    private readonly MapFlag _taggedAddress;

    /// <summary>Declares the flags.</summary>
    public ServicesRegisterCommand() : base(ClientFlagGroups.Server | ClientFlagGroups.Namespace)
    {
        _address = Declare(new StringFlag("address", "Address of the service; the node's address without it."));
        _id = Declare(new StringFlag("id", "ID of the service; its name without it."));
        _kind = Declare(new StringFlag("kind", "Kind of the service; a typical service without it."));
        _meta = Declare(new MapFlag("meta", "Metadata key=value of the service. May be given several times."));
        _name = Declare(new StringFlag("name", "Name of the service."));
        _port = Declare(new IntFlag("port", "Port of the service."));
        _socket = Declare(new StringFlag("socket", "Unix socket of the service, in place of address and port."));
        _tag = Declare(new ListFlag("tag", "Tag of the service. May be given several times."));
        _taggedAddress = Declare(new MapFlag("tagged-address", "Further address as name=ADDRESS[:PORT]. May be given several times."));
    }

    /// <inheritdoc/>
    public override string Usage => "services register [options] [FILE...]";

    /// <inheritdoc/>
    public override string Description => """
        Registers a service with the local agent, from flags or from files.

            $ consul services register -name=web
            $ consul services register web.json

        The agent keeps the registration until it is deregistered.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var (io, files) = (call.Io, call.Arguments);
        IReadOnlyList<ServiceToRegister> services;
        if (files.Count == 0)
        {
            if (FromFlags(call, out var service) is { } flagError)
                return io.Fail(flagError);
            services = [service];
        }
        else if (_name.Get(call.Flags).Length > 0)
        {
            return io.Fail("Service registration requires arguments or -id, not both.");
        }
        else if (ServiceFiles.Load(files, io, out services) is { } fileError)
        {
            return io.Fail(fileError);
        }

        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        foreach (var service in services)
        {
            var answer = await client.PutAsync(new ApiQuery("/v1/agent/service/register"), service.Body, cancellation).ConfigureAwait(false);
            if (answer.Error is { } error)
                return io.Fail($"Error registering service {GoQuote.Quote(service.Name)}: {error}");
            io.Out.WriteLine($"Registered service: {service.Name}");
        }

        return ExitCode.Success;
    }

    private string? FromFlags(CliCall call, out ServiceToRegister service)
    {
        var flags = call.Flags;
        service = new ServiceToRegister("", "", []);
        var name = _name.Get(flags);
        if (name.Length == 0)
            return "Service registration requires at least one argument or flags.";
        if (ServiceAddressRules.Error(_address.Get(flags)) is { } addressError)
            return $"Invalid Service address when using CLI flags. Use -port flag instead: {addressError}";
        var block = ConfigValue.NewObject();
        foreach (var (key, flag) in new[] { ("kind", _kind), ("id", _id), ("name", _name), ("address", _address), ("socket_path", _socket) })
        {
            if (flag.Get(flags).Length > 0)
                block.Set(key, ConfigValue.Of(flag.Get(flags)));
        }

        if (_port.Get(flags) != 0)
            block.Set("port", ConfigValue.Of(_port.Get(flags)));
        if (_tag.IsSet(flags))
            block.Set("tags", ConfigValue.OfList(_tag.Get(flags)));
        if (_meta.IsSet(flags))
            block.Set("meta", ConfigValue.OfMembers(_meta.Get(flags).Select(pair => KeyValuePair.Create(pair.Key, ConfigValue.Of(pair.Value)))));
        if (ReadTaggedAddresses(call, block) is { } taggedError)
            return taggedError;
        service = new ServiceToRegister(_id.Get(flags), name, ServiceRegistrationBody.Of(block));
        return null;
    }

    private string? ReadTaggedAddresses(CliCall call, ConfigValue block)
    {
        if (!_taggedAddress.IsSet(call.Flags))
            return null;
        var tagged = ConfigValue.NewObject();
        foreach (var (name, text) in _taggedAddress.Get(call.Flags))
        {
            var (address, port) = SplitPort(text);
            if (ServiceAddressRules.Error(address) is { } error)
                return $"Invalid Tagged address: {error}";
            var entry = ConfigValue.NewObject();
            entry.Set("address", ConfigValue.Of(address));
            if (port > 0)
                entry.Set("port", ConfigValue.Of((long)port));
            tagged.Set(name, entry);
        }

        block.Set("tagged_addresses", tagged);
        return null;
    }

    /// <summary>ADDRESS, ADDRESS:PORT or [V6]:PORT.</summary>
    private static (string Address, int Port) SplitPort(string text)
    {
        var colon = text.LastIndexOf(':');
        var isBare = colon < 0 || (text.IndexOf(':') != colon && text[colon - 1] != ']');
        return !isBare && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (text[..colon].Trim('[', ']'), port)
            : (text, 0);
    }
}
