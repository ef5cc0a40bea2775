using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Praetor.Tests.Support;

/// <summary>One TCP connection on which a test sends and reads bytes as they are.</summary>
public sealed class RawConnection(Socket socket) : IDisposable
{
    private readonly List<byte> _received = [];
    private readonly byte[] _chunk = new byte[64 * 1024];

    /// <summary>Sends bytes (Latin-1).</summary>
    public async Task SendAsync(string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Closes the connection with a reset, as a vanished client does.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    /// <summary>Reads one answer: by Content-Length, chunks, or to the end of the connection.</summary>
    /// <param name="headRequest">The answer has no body whatever its headers say.</param>
    public async Task<Reply> ReadReplyAsync(bool headRequest = false)
    {
        int headEnd;
        while ((headEnd = Find("\r\n\r\n")) < 0)
            Assert.True(await ReceiveAsync(), "the connection ended before the headers");
        string[] lines = Encoding.Latin1.GetString([.. _received[..headEnd]]).Split("\r\n");
        _received.RemoveRange(0, headEnd + 4);
        int status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> headers = [];
        foreach (string line in lines[1..])
            headers.Add(KeyValuePair.Create(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim()));
        var reply = new Reply(status, headers, []);
        byte[] body = headRequest ? []
            : reply.Header("Transfer-Encoding") == "chunked" ? await ReadChunksAsync()
            : reply.Header("Content-Length") is { } length ? await TakeAsync(int.Parse(length, CultureInfo.InvariantCulture))
            : await ReadToEndAsync();
        return reply with { Bytes = body };
    }

    /// <summary>True if the server has closed the connection.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return !await ReceiveAsync();
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private async Task<byte[]> ReadChunksAsync()
    {
        List<byte> body = [];
        while (true)
        {
            int lineEnd;
            while ((lineEnd = Find("\r\n")) < 0)
                Assert.True(await ReceiveAsync(), "the connection ended inside a chunk");
            int length = int.Parse(Encoding.Latin1.GetString([.. _received[..lineEnd]]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            _received.RemoveRange(0, lineEnd + 2);
            body.AddRange(await TakeAsync(length));
            await TakeAsync(2);
            if (length == 0)
                return [.. body];
        }
    }

    private async Task<byte[]> TakeAsync(int count)
    {
        while (_received.Count < count)
            Assert.True(await ReceiveAsync(), "the connection ended inside the body");
        byte[] taken = [.. _received[..count]];
        _received.RemoveRange(0, count);
        return taken;
    }

    private async Task<byte[]> ReadToEndAsync()
    {
        while (await ReceiveAsync())
        {
        }
        return [.. _received];
    }

    private async Task<bool> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        int count = await socket.ReceiveAsync(_chunk.AsMemory(), limit.Token);
        _received.AddRange(_chunk.AsSpan(0, count));
        return count > 0;
    }

    private int Find(string mark)
    {
        for (int i = 0; i + mark.Length <= _received.Count; i++)
        {
            bool found = true;
            for (int j = 0; found && j < mark.Length; j++)
                found = _received[i + j] == mark[j];
            if (found)
                return i;
        }
        return -1;
    }
}
