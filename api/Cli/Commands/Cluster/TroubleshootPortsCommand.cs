using System.Globalization;
using System.Net.Sockets;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>troubleshoot ports (cli 8).</summary>
internal sealed class TroubleshootPortsCommand : CliCommand
{
    private static readonly string[] s_ports = ["8600", "8500", "8501", "8502", "8503", "8301", "8302", "8300"];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly StringFlag _host;
    private readonly StringFlag _ports;

    /// <summary>Declares the flags.</summary>
    public TroubleshootPortsCommand()
    {
        _host = Declare(new StringFlag("host", "Whose ports to try. The CONSUL_HTTP_ADDR environment variable sets it too."));
        _ports = Declare(new StringFlag("ports", "Ports to try instead of the usual ones, with commas between them."));
    }

    /// <summary>The group's help.</summary>
    public static GroupCommand Group() => new("troubleshoot <subcommand> [options]", """
        Looks for what may be in the way.

            $ consul troubleshoot ports -host=10.0.0.1
        """);

    /// <inheritdoc/>
    public override string Usage => "troubleshoot ports [options]";

    /// <inheritdoc/>
    public override string Description => """
        Tries the ports that agents use on a host and tells which are open.
        """;

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => $"Failed to parse args: {error}";

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var host = _host.Get(call.Flags) is { Length: > 0 } given ? given : HostOf(call.Io.Environment("CONSUL_HTTP_ADDR") ?? "");
        if (host.Length == 0)
            return call.Io.Fail("-host is required. or set environment variable CONSUL_HTTP_ADDR");
        var ports = _ports.Get(call.Flags) is { Length: > 0 } list ? list.Split(',') : s_ports;
        var answers = await Task.WhenAll(ports.Select(port => TryAsync(host, port, cancellation))).ConfigureAwait(false);
        foreach (var (port, isOpen) in ports.Zip(answers))
        {
            call.Io.Out.WriteLine(isOpen
                ? $"TCP: Port {port} on {host} is open."
                : $"TCP: Port {port} on {host} is closed, unreachable, or the connection timed out.");
        }

        return ExitCode.Success;
    }

    private static string HostOf(string address)
    {
        var host = address[(address.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0)..];
        var port = host.LastIndexOf(':');
        return port > 0 ? host[..port] : host;
    }

    private static async Task<bool> TryAsync(string host, string port, CancellationToken cancellation)
    {
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > ushort.MaxValue)
            return false;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, number, patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception closed) when (closed is SocketException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return false;
        }
    }
}
