using System.Net;
using System.Net.Sockets;

namespace Praetor.Runtime.Agent.Checks.Dialing;

/// <summary>
/// Connects TCP sockets for checks. Of a name with several addresses any one suffices: a further address is tried when the ones
/// before have failed or have been silent for <see cref="StaggerMs"/>. Failures are <see cref="DialException"/>s.
/// </summary>
internal sealed class Dialer(TimeProvider time)
{
    private const int StaggerMs = 300;
    private const int MaxAddresses = 16;

    /// <summary>Connects to "host:port". At the deadline it fails with "i/o timeout".</summary>
    public Task<Socket> ConnectAsync(string address, CancellationToken deadline) => ConnectAsync(HostPort.Parse("tcp", address), deadline);

    /// <summary>Connects to a parsed address.</summary>
    public async Task<Socket> ConnectAsync(HostPort target, CancellationToken deadline)
    {
        var addresses = await ResolveAsync("tcp", target.Host, deadline).ConfigureAwait(false);
        return addresses.Length == 1
            ? await ConnectOneAsync(new IPEndPoint(addresses[0], target.Port), deadline).ConfigureAwait(false)
            : await ConnectAnyAsync(addresses, target.Port, deadline).ConfigureAwait(false);
    }

    /// <summary>The addresses of a name, at least one.</summary>
    public static async Task<IPAddress[]> ResolveAsync(string network, string host, CancellationToken deadline)
    {
        if (host.Length == 0)
            return [IPAddress.Loopback];
        if (IPAddress.TryParse(host, out var literal))
            return [literal];
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, deadline).ConfigureAwait(false);
            if (addresses.Length > 0)
                return addresses.Length <= MaxAddresses ? addresses : addresses[..MaxAddresses];
        }
        catch (OperationCanceledException)
        {
            throw new DialException($"dial {network}: lookup {host}: i/o timeout");
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            var isTransient = error is SocketException { SocketErrorCode: SocketError.TryAgain };
            throw new DialException($"dial {network}: lookup {host}: {(isTransient ? "server misbehaving" : "no such host")}");
        }

        throw new DialException($"dial {network}: lookup {host}: no such host");
    }

    private static async Task<Socket> ConnectOneAsync(IPEndPoint target, CancellationToken deadline)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, deadline).ConfigureAwait(false);
            return socket;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw new DialException(error is SocketException socketError
                ? SocketErrors.Dial("tcp", target.ToString(), socketError)
                : $"dial tcp {target}: i/o timeout");
        }
    }

    private async Task<Socket> ConnectAnyAsync(IPAddress[] addresses, int port, CancellationToken deadline)
    {
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        var attempts = new List<Task<Socket>>(addresses.Length);
        Socket? winner = null;
        DialException? firstError = null;
        for (var started = 0; winner is null && (started < addresses.Length || attempts.Count > 0);)
        {
            if (started < addresses.Length)
                attempts.Add(ConnectOneAsync(new IPEndPoint(addresses[started++], port), losers.Token));

            var stagger = started < addresses.Length ? TimeSpan.FromMilliseconds(StaggerMs) : Timeout.InfiniteTimeSpan;
            using var staggerEnd = CancellationTokenSource.CreateLinkedTokenSource(losers.Token);
            var ended = await Task.WhenAny([.. attempts, Task.Delay(stagger, time, staggerEnd.Token)]).ConfigureAwait(false);
            await staggerEnd.CancelAsync().ConfigureAwait(false);
            if (ended is not Task<Socket> attempt)
                continue;
            attempts.Remove(attempt);
            try
            {
                winner = await attempt.ConfigureAwait(false);
            }
            catch (DialException error)
            {
                firstError ??= error;
            }
        }

        await losers.CancelAsync().ConfigureAwait(false);
        await DiscardAsync(attempts).ConfigureAwait(false);
        return winner ?? throw firstError!;
    }

    /// <summary>The losers are cancelled already; one that connected all the same is closed.</summary>
    private static async Task DiscardAsync(List<Task<Socket>> attempts)
    {
        foreach (var attempt in attempts)
        {
            await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (attempt.IsCompletedSuccessfully)
                (await attempt.ConfigureAwait(false)).Dispose();
        }
    }
}
