using System.CommandLine;
using Praetor.Api.Cli.Flags;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Client;

/// <summary>Which of the shared flag groups a command has (cli 4).</summary>
[Flags]
public enum ClientFlagGroups
{
    /// <summary>Only the client flags.</summary>
    Client = 0,

    /// <summary>Adds -datacenter and -stale.</summary>
    Server = 1,

    /// <summary>Adds -namespace and -partition.</summary>
    Namespace = 2,

    /// <summary>Adds -partition.</summary>
    Partition = 4,
}

/// <summary>The flags every command that talks to an agent shares (cli 4).</summary>
public sealed class ClientFlags
{
    private const string ValueWord = "value";

    private readonly List<CliFlag> _all = [];
    private readonly StringFlag _address;
    private readonly StringFlag _token;
    private readonly StringFlag _tokenFile;
    private readonly StringFlag _caFile;
    private readonly StringFlag _caPath;
    private readonly StringFlag _clientCert;
    private readonly StringFlag _clientKey;
    private readonly StringFlag _tlsServerName;
    private readonly StringFlag? _datacenter;
    private readonly BoolFlag? _stale;
    private readonly StringFlag? _namespace;
    private readonly StringFlag? _partition;

    /// <summary>Makes the flags of the given groups.</summary>
    public ClientFlags(ClientFlagGroups groups)
    {
        _address = Text("http-addr", "Address and port of the agent's HTTP listener, or a unix:// path to its socket. The CONSUL_HTTP_ADDR environment variable sets it too. The default is 127.0.0.1:8500; put https:// in front for TLS.");
        _token = Text("token", "ACL token sent with the request. The CONSUL_HTTP_TOKEN environment variable sets it too. Without one the agent uses its own default token.");
        _tokenFile = Text("token-file", "File that holds the ACL token, used instead of the -token argument. The CONSUL_HTTP_TOKEN_FILE environment variable sets it too.");
        _caFile = Text("ca-file", "PEM file with the certificate authority that signed the agent's certificate. The CONSUL_CACERT environment variable sets it too.");
        _caPath = Text("ca-path", "Directory of PEM files with certificate authorities to trust. The CONSUL_CAPATH environment variable sets it too.");
        _clientCert = Text("client-cert", "Client certificate shown to agents that verify incoming connections. The CONSUL_CLIENT_CERT environment variable sets it too.");
        _clientKey = Text("client-key", "Private key of the client certificate. The CONSUL_CLIENT_KEY environment variable sets it too.");
        _tlsServerName = Text("tls-server-name", "Name expected in the agent's certificate and sent as SNI. The CONSUL_TLS_SERVER_NAME environment variable sets it too.");
        if (groups.HasFlag(ClientFlagGroups.Server))
        {
            _datacenter = Text("datacenter", "Datacenter that answers the request. The default is the agent's own.");
            _stale = Add(new BoolFlag("stale", "Lets any server answer, not only the leader: more read throughput, possibly older data. The default value is false.", longError: true));
        }

        if (groups.HasFlag(ClientFlagGroups.Namespace))
            _namespace = Text("namespace", "Namespace of the request. The CONSUL_NAMESPACE environment variable sets it too. The server accepts it in the Enterprise edition only.");
        if (groups.HasFlag(ClientFlagGroups.Namespace) || groups.HasFlag(ClientFlagGroups.Partition))
            _partition = Text("partition", "Admin partition of the request. The CONSUL_PARTITION environment variable sets it too. The server accepts it in the Enterprise edition only.");
    }

    /// <summary>All of them, to declare on the command.</summary>
    public IReadOnlyList<CliFlag> All => _all;

    /// <summary>True if -stale was given and set.</summary>
    public bool IsStale(ParseResult flags) => _stale?.Get(flags) == true;

    /// <summary>Settles flags against the environment: flag, then variable, then default (cli 4).</summary>
    /// <returns>Null with the settings, or the refusal text.</returns>
    public string? Resolve(CliCall call, out ClientSettings settings)
    {
        var io = call.Io;
        settings = new ClientSettings
        {
            Address = Flag(call, _address) ?? io.Environment("CONSUL_HTTP_ADDR") ?? ClientSettings.DefaultAddress,
            UseTls = IsTrue(io, "CONSUL_HTTP_SSL") == true,
            SkipVerify = IsTrue(io, "CONSUL_HTTP_SSL_VERIFY") == false,
            BasicAuthorization = io.Environment("CONSUL_HTTP_AUTH"),
            CaFile = Flag(call, _caFile) ?? io.Environment("CONSUL_CACERT"),
            CaPath = Flag(call, _caPath) ?? io.Environment("CONSUL_CAPATH"),
            ClientCertificate = Flag(call, _clientCert) ?? io.Environment("CONSUL_CLIENT_CERT"),
            ClientKey = Flag(call, _clientKey) ?? io.Environment("CONSUL_CLIENT_KEY"),
            TlsServerName = Flag(call, _tlsServerName) ?? io.Environment("CONSUL_TLS_SERVER_NAME"),
            Datacenter = Flag(call, _datacenter),
            Namespace = Flag(call, _namespace) ?? io.Environment("CONSUL_NAMESPACE"),
            Partition = Flag(call, _partition) ?? io.Environment("CONSUL_PARTITION"),
        };
        if (settings.ClientCertificate is null != settings.ClientKey is null)
            return "both client cert and client key must be provided";
        return ResolveToken(call, ref settings);
    }

    /// <summary>-token-file, -token, CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN; an empty file leaves the next one in force.</summary>
    private string? ResolveToken(CliCall call, ref ClientSettings settings)
    {
        var plain = Flag(call, _token);
        var file = Flag(call, _tokenFile) ?? (plain is null ? call.Io.Environment("CONSUL_HTTP_TOKEN_FILE") : null);
        var token = plain ?? call.Io.Environment("CONSUL_HTTP_TOKEN");
        if (file is not null)
        {
            if (GoFile.TryReadText(file, out var content) is { } error)
                return $"Error loading token file {file} : {error}";
            if (content.Trim() is { Length: > 0 } fromFile)
                token = fromFile;
        }

        settings = settings with { Token = token };
        return null;
    }

    private static string? Flag(CliCall call, StringFlag? flag) => flag?.Get(call.Flags) is { Length: > 0 } value ? value : null;

    /// <summary>Null if the variable is unset or no boolean.</summary>
    private static bool? IsTrue(CliIo io, string name) =>
        io.Environment(name) is { } text && GoStrconv.TryParseBool(text, out var value, out _) ? value : null;

    private StringFlag Text(string name, string help) => Add(new StringFlag(name, help, ValueWord));

    private T Add<T>(T flag) where T : CliFlag
    {
        _all.Add(flag);
        return flag;
    }
}
