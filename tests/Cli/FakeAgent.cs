using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Praetor.Tests.Cli;

/// <summary>An agent of which only the answers are real: each request is noted and gets the answer set for its method and path.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Dictionary<string, (int Status, string Body)> _answers = new(StringComparer.Ordinal);
    private readonly Task _serving;

    public FakeAgent()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Requests as "METHOD target", in order.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Bodies of the requests.</summary>
    public List<string> Bodies { get; } = [];

    /// <summary>Headers of the last request.</summary>
    public List<string> Headers { get; private set; } = [];

    /// <summary>Sets the answer for "METHOD /path" (without query).</summary>
    public FakeAgent Answer(string request, string body, int status = 200)
    {
        _answers[request] = (status, body);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                await AnswerAsync(reader, client.GetStream());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(StreamReader reader, NetworkStream stream)
    {
        if (await reader.ReadLineAsync() is not { } requestLine)
            return;
        Headers = [];
        while (await reader.ReadLineAsync() is { Length: > 0 } header)
            Headers.Add(header);
        var length = Headers.Where(header => header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(header => int.Parse(header.Split(':')[1], null)).FirstOrDefault();
        var body = new char[length];
        if (length > 0)
            await reader.ReadBlockAsync(body);
        Bodies.Add(new string(body));
        var words = requestLine.Split(' ');
        Requests.Add($"{words[0]} {words[1]}");
        var (status, answer) = _answers.GetValueOrDefault($"{words[0]} {words[1].Split('?')[0]}", (404, ""));
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status} X\r\nContent-Length: {Encoding.UTF8.GetByteCount(answer)}\r\nConnection: close\r\n\r\n{answer}"));
    }
}
