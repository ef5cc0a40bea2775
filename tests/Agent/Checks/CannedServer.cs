using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Praetor.Tests.Agent.Checks;

/// <summary>
/// Answers each HTTP request on a free port of 127.0.0.1 with the bytes that a function of the request makes, then closes. An answer of
/// null keeps the connection open and silent. With a certificate it speaks TLS.
/// </summary>
internal sealed class CannedServer : IAsyncDisposable
{
    private const char TlsHandshake = '\x16';

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string?> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;

    public CannedServer(Func<string, string?> answer, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public CannedServer(string answer)
        : this(_ => answer)
    {
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Requests as they came, headers and body.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Completes when a request has come.</summary>
    public TaskCompletionSource FirstRequest { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An answer with a body.</summary>
    public static string Answer(string status, string body = "", string headers = "") =>
        $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = await OpenAsync(socket);
            var request = await ReadRequestAsync(stream);
            Requests.Enqueue(request);
            FirstRequest.TrySetResult();
            if (_answer(request) is { } answer)
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), _stop.Token);
            else
                await Task.Delay(Timeout.Infinite, _stop.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, or the test ended.
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (_certificate is null)
            return plain;
        var tls = new SslStream(plain);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return tls;
    }

    private async Task<string> ReadRequestAsync(Stream stream)
    {
        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var count = await stream.ReadAsync(buffer, _stop.Token);
            received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            var text = received.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            // The greeting of a TLS client is answered as if it were a request.
            if (count == 0 || text[0] == TlsHandshake || (end >= 0 && text.Length - end - 4 >= BodyLength(text[..end])))
                return text;
        }
    }

    private static int BodyLength(string head)
    {
        const string Name = "\r\nContent-Length: ";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(head[(at + Name.Length)..].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
